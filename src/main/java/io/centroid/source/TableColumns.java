package io.centroid.source;

import io.centroid.data.FeatureShape;
import io.centroid.error.JobException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import scala.collection.Seq;

/**
 * The columns of a table that one learns from: numbers, truth values, arrays of numbers, vectors;
 * in their order, those of arrays and vectors one after the other.
 */
final class TableColumns implements RowFeatures {
  private static final long serialVersionUID = 1;

  /** What is kept of a row is four bytes for each. */
  private static final int MOST = 10_000;

  /** The name of one value of an array. */
  private static final Pattern VALUE = Pattern.compile("(.*)\\[(\\d+)]", Pattern.DOTALL);

  private final List<Values> columns;

  /** A column, and how many values it has; 0 for one value that is no array. */
  private record Values(String name, int width) implements Serializable {
    int values() {
      return Math.max(1, width);
    }
  }

  private TableColumns(List<Values> columns) {
    this.columns = new ArrayList<>(columns);
  }

  /** Whether values of a type can be learned from. */
  static boolean isOfNumbers(DataType type) {
    return type instanceof NumericType
        || type instanceof BooleanType
        || type.equals(SQLDataTypes.VectorType())
        || (type instanceof ArrayType array && array.elementType() instanceof NumericType);
  }

  /**
   * Columns of a table; those of arrays and vectors are as wide as the widest.
   *
   * @throws JobException with category DATA when there are none, or too many
   */
  static TableColumns of(String table, Dataset<Row> rows, List<String> names) {
    List<Values> columns = new ArrayList<>();
    long values = 0;
    for (String name : names) {
      StructField field = rows.schema().apply(name);
      if (!isOfNumbers(field.dataType())) {
        throw refusal(
            table,
            "column %s of type %s".formatted(name, field.dataType().simpleString()),
            "numbers, arrays of numbers or vectors. Leave it out, or make numbers of it, as StringIndexer and OneHotEncoder do");
      }
      int width = 0;
      if (isWide(field.dataType())) {
        width = width(rows, name, field.dataType());
        if (width == 0) {
          throw refusal(table, "column %s without values".formatted(name), "some");
        }
      }
      if (width == 0 && VALUE.matcher(name).matches()) {
        throw refusal(
            table, "column " + name, "a name that is not that of a value of an array. Rename it");
      }
      columns.add(new Values(name, width));
      values += Math.max(1, width);
    }
    if (values == 0 || values > MOST) {
      throw refusal(
          table,
          "%,d columns to learn from".formatted(values),
          "1 to %,d. Name them with --features".formatted(MOST));
    }
    return new TableColumns(columns);
  }

  /** The columns that {@link #names} were given for. */
  static TableColumns named(List<String> names) {
    List<Values> columns = new ArrayList<>();
    for (String name : names) {
      Matcher value = VALUE.matcher(name);
      if (!value.matches()) {
        columns.add(new Values(name, 0));
      } else if (value.group(2).equals("0")) {
        columns.add(new Values(value.group(1), 1));
      } else {
        Values begun = columns.remove(columns.size() - 1);
        columns.add(new Values(begun.name(), begun.width() + 1));
      }
    }
    return new TableColumns(columns);
  }

  private static boolean isWide(DataType type) {
    return type instanceof ArrayType || type.equals(SQLDataTypes.VectorType());
  }

  /** The largest, so that it does not matter in which order rows come. */
  private static int width(Dataset<Row> rows, String name, DataType type) {
    Column column = functions.col(TableLabels.quoted(name));
    Row widest =
        rows.agg(
                functions.max(
                    functions.size(
                        type instanceof ArrayType
                            ? column
                            : org.apache.spark.ml.functions.vector_to_array(column, "float64"))))
            .first();
    return widest.isNullAt(0) ? 0 : Math.max(0, widest.getInt(0));
  }

  private static int width(Object value) {
    return value instanceof Vector vector ? vector.size() : ((Seq<?>) value).size();
  }

  static JobException refusal(String table, String found, String expected) {
    return JobException.data(
        "Cannot read table %s: found %s, expected %s.".formatted(table, found, expected));
  }

  @Override
  public List<String> columnNames() {
    return columns.stream().map(Values::name).toList();
  }

  @Override
  public FeatureShape shape() {
    return new FeatureShape(List.of(names().size()));
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Values column : columns) {
      if (column.width() == 0) {
        names.add(column.name());
      }
      for (int i = 0; i < column.width(); i++) {
        names.add("%s[%d]".formatted(column.name(), i));
      }
    }
    return names;
  }

  /** The values of a row as little-endian floats; all of them must be there, and finite. */
  @Override
  public byte[] of(Row row) throws UnreadableRowException {
    int count = columns.stream().mapToInt(Values::values).sum();
    ByteBuffer features = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Values column : columns) {
      Object value = row.getAs(column.name());
      if (value == null) {
        throw new UnreadableRowException(
            "found no value in column %s, expected a number".formatted(column.name()));
      }
      if (column.width() == 0) {
        put(value, column, features);
      } else {
        putAll(value, column, features);
      }
    }
    return features.array();
  }

  private static void putAll(Object value, Values column, ByteBuffer features)
      throws UnreadableRowException {
    if (width(value) != column.width()) {
      throw new UnreadableRowException(
          "found %d values in column %s, expected %d as in the widest row"
              .formatted(width(value), column.name(), column.width()));
    }
    for (int i = 0; i < column.width(); i++) {
      put(
          value instanceof Vector vector ? vector.apply(i) : ((Seq<?>) value).apply(i),
          column,
          features);
    }
  }

  private static void put(Object value, Values column, ByteBuffer features)
      throws UnreadableRowException {
    float number =
        value instanceof Boolean truth
            ? (truth ? 1 : 0)
            : value instanceof Number any ? any.floatValue() : Float.NaN;
    if (!Float.isFinite(number)) {
      throw new UnreadableRowException(
          "found %s in column %s, expected a finite number".formatted(value, column.name()));
    }
    features.putFloat(number == 0 ? 0 : number); // -0 is the same number
  }
}

package io.centroid.source;

import io.centroid.data.DataSet;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/** The classes of a table: what is in its label column, numbers in their order, texts in theirs. */
final class TableLabels implements Serializable {
  private static final long serialVersionUID = 1;

  private final Map<String, Integer> numbers;
  private final List<String> names;

  private TableLabels(List<String> names) {
    this.names = new ArrayList<>(names);
    this.numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
  }

  /** Looks through a label column. */
  static TableLabels of(String table, Dataset<Row> rows, String column) {
    DataType type = rows.schema().apply(column).dataType();
    if (!(type instanceof StringType
        || type instanceof BooleanType
        || type instanceof NumericType
        || type instanceof DateType)) {
      throw TableColumns.refusal(
          table,
          "the label column %s of type %s".formatted(column, type.simpleString()),
          "texts, whole numbers, truth values or dates");
    }
    List<Row> found =
        rows.select(functions.col(quoted(column)))
            .distinct()
            .limit(DataSet.MOST_CLASSES + 2)
            .collectAsList();
    List<Object> values = new ArrayList<>();
    for (Row row : found) {
      if (row.isNullAt(0)) {
        throw TableColumns.refusal(
            table, "rows without a label in column " + column, "a class in each");
      }
      values.add(row.get(0));
    }
    Comparator<Object> order =
        type instanceof NumericType
            ? Comparator.comparing(value -> number(table, column, value))
            : Comparator.comparing(Object::toString);
    if (type instanceof NumericType) {
      values.forEach(value -> number(table, column, value));
    }
    if (values.size() > DataSet.MOST_CLASSES) {
      throw TableColumns.refusal(
          table,
          "more than %,d different labels in column %s".formatted(DataSet.MOST_CLASSES, column),
          "fewer. A column of numbers to predict is no column of classes");
    }
    return new TableLabels(values.stream().sorted(order).map(TableLabels::name).toList());
  }

  private static BigDecimal number(String table, String column, Object label) {
    boolean finite =
        !(label instanceof Double || label instanceof Float)
            || Double.isFinite(((Number) label).doubleValue());
    BigDecimal number = finite ? new BigDecimal(label.toString()) : null;
    if (number == null || number.stripTrailingZeros().scale() > 0) {
      throw TableColumns.refusal(
          table,
          "%s in the label column %s".formatted(label, column),
          "classes, as whole numbers or texts: this program does not fit numbers (regression)");
    }
    return number;
  }

  /** Names of columns may have dots. */
  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private static String name(Object label) {
    return label instanceof Number
        ? new BigDecimal(label.toString()).toBigInteger().toString()
        : label.toString();
  }

  /** The classes in the order of their numbers. */
  List<String> names() {
    return names;
  }

  /** The number of a label. */
  int number(Object label) {
    return numbers.get(name(label));
  }
}

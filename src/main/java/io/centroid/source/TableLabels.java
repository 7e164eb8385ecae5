package io.centroid.source;

import io.centroid.data.DataSet;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;

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
    if (type instanceof DoubleType || type instanceof FloatType) {
      for (Object value : values) {
        if (((Number) value).doubleValue() != Math.rint(((Number) value).doubleValue())) {
          throw TableColumns.refusal(
              table,
              "%s in the label column %s".formatted(value, column),
              "classes, as whole numbers or texts: this program does not fit numbers (regression)");
        }
      }
    }
    if (values.size() > DataSet.MOST_CLASSES) {
      throw TableColumns.refusal(
          table,
          "more than %,d different labels in column %s".formatted(DataSet.MOST_CLASSES, column),
          "fewer. A column of numbers to predict is no column of classes");
    }
    Comparator<Object> order =
        type instanceof NumericType
            ? Comparator.comparingDouble(value -> ((Number) value).doubleValue())
            : Comparator.comparing(Object::toString);
    return new TableLabels(values.stream().sorted(order).map(TableLabels::name).toList());
  }

  /** Names of columns may have dots. */
  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private static String name(Object label) {
    return label instanceof Double || label instanceof Float
        ? Long.toString(((Number) label).longValue())
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

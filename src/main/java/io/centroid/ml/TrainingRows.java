package io.centroid.ml;

import io.centroid.data.DataSet;
import io.centroid.example.FeatureCoding;
import io.centroid.order.ContentId;
import io.centroid.order.IdOrder;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The rows of a DataFrame as examples.
 *
 * @param features columns' names; empty where there is none
 * @param skipsInvalid whether rows that cannot be used are left out
 */
record TrainingRows(
    String features,
    String label,
    String weight,
    String validation,
    String id,
    boolean skipsInvalid)
    implements Serializable {

  /** Those that an estimator's parameters name. */
  static TrainingRows of(CentroidClassifier estimator) {
    return new TrainingRows(
        estimator.getFeaturesCol(),
        estimator.getLabelCol(),
        estimator.getWeightCol(),
        estimator.getValidationIndicatorCol(),
        estimator.getIdCol(),
        !estimator.getHandleInvalid().equals(ParamSet.ERROR));
  }

  /** The order of the examples, and with it everything that is random. */
  IdOrder order(Dataset<?> rows) {
    if (id.isEmpty()) {
      return IdOrder.OF_CONTENTS;
    }
    Column ids = functions.col(id).cast("long");
    Row ends = rows.agg(functions.min(ids), functions.max(ids)).first();
    return ends.isNullAt(0) ? IdOrder.OF_NAMES : IdOrder.between(ends.getLong(0), ends.getLong(1));
  }

  /** Every row that can be used. */
  JavaRDD<RowExample> examples(Dataset<?> rows) {
    List<Column> columns = new ArrayList<>();
    columns.add(functions.col(features));
    columns.add(functions.col(label).cast("double"));
    columns.add(weight.isEmpty() ? functions.lit(1.0) : functions.col(weight).cast("double"));
    columns.add(validation.isEmpty() ? functions.lit(false) : functions.col(validation));
    columns.add(id.isEmpty() ? functions.lit(0L) : functions.col(id).cast("long"));
    return rows.select(columns.toArray(Column[]::new))
        .toJavaRDD()
        .mapPartitions(new ToExamples(this));
  }

  private record ToExamples(TrainingRows rows)
      implements FlatMapFunction<Iterator<Row>, RowExample> {

    @Override
    public Iterator<RowExample> call(Iterator<Row> values) {
      return new Examples(rows, values);
    }
  }

  private static final class Examples implements Iterator<RowExample> {
    private final TrainingRows columns;
    private final Iterator<Row> rows;
    private RowExample next;

    Examples(TrainingRows columns, Iterator<Row> rows) {
      this.columns = columns;
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      while (next == null && rows.hasNext()) {
        try {
          next = columns.example(rows.next());
        } catch (InvalidRowException e) {
          if (!columns.skipsInvalid()) {
            throw new IllegalArgumentException(
                "Cannot train on a row: %s. Set handleInvalid = skip to leave such rows out."
                    .formatted(e.getMessage()),
                e);
          }
        }
      }
      return next != null;
    }

    @Override
    public RowExample next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      RowExample example = next;
      next = null;
      return example;
    }
  }

  /** A row's example; null when it weighs nothing. */
  private RowExample example(Row row) throws InvalidRowException {
    float[] values = new float[row.get(0) instanceof Vector vector ? vector.size() : 0];
    RowFeatures.put(features, row.get(0), values, 0, values.length);
    int ofClass = label(row);
    float counts = weight(row);
    if (row.isNullAt(3) || row.isNullAt(4)) {
      throw new InvalidRowException(
          "found null in column %s, expected a value".formatted(row.isNullAt(3) ? validation : id));
    }
    boolean validates = row.getBoolean(3);
    byte[] coded = FeatureCoding.FLOATS.encode(values);
    ByteBuffer header = ByteBuffer.allocate(2 * Integer.BYTES + 1);
    header.putInt(ofClass).putFloat(counts).put((byte) (validates ? 1 : 0));
    ContentId content = ContentId.of(header.array(), coded);
    return counts == 0
        ? null
        : new RowExample(
            id.isEmpty() ? content.id() : row.getLong(4),
            content.tie(),
            validates,
            ofClass,
            counts,
            coded);
  }

  private int label(Row row) throws InvalidRowException {
    double value = row.isNullAt(1) ? Double.NaN : row.getDouble(1);
    if (!(value >= 0 && value < DataSet.MOST_CLASSES && value == (int) value)) {
      throw new InvalidRowException(
          "found label %s in column %s, expected a class, a whole number from 0 to %,d; texts are made classes by StringIndexer"
              .formatted(row.get(1), label, DataSet.MOST_CLASSES - 1));
    }
    return (int) value;
  }

  private float weight(Row row) throws InvalidRowException {
    double value = row.isNullAt(2) ? Double.NaN : row.getDouble(2);
    float counts = (float) value;
    if (!(value >= 0 && Float.isFinite(counts)) || (counts == 0 && value != 0)) {
      throw new InvalidRowException(
          "found weight %s in column %s, expected a number of 0 or more"
              .formatted(row.get(2), weight));
    }
    return counts;
  }
}

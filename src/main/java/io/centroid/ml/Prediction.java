package io.centroid.ml;

import io.centroid.compute.Predictor;
import io.centroid.evaluate.Classifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Classifies the rows of a partition, a minibatch at a time.
 *
 * @param classifier the network
 * @param column name of the features' column
 * @param at its place in a row
 * @param features how many there must be
 * @param outputs what is added to a row, in this order
 * @param thresholds of the classes; none for the most probable class
 * @param handleInvalid what becomes of rows that cannot be read
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a task
record Prediction(
    Classifier classifier,
    String column,
    int at,
    int features,
    List<Output> outputs,
    double[] thresholds,
    String handleInvalid)
    implements MapPartitionsFunction<Row, Row> {
  private static final int MOST_ROWS = 1024;
  private static final int MOST_VALUES = 1 << 20;

  /** Something that is added to a row. */
  enum Output {
    /** Logarithms of the probabilities. */
    RAW,
    /** The probabilities. */
    PROBABILITY,
    /** The class. */
    PREDICTION
  }

  Prediction {
    outputs = new ArrayList<>(outputs);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Predicted(rows);
  }

  /** ln p of the classes; of the smallest float where p is 0. */
  static double[] logarithms(float[] probabilities, int from, int classes) {
    double[] logarithms = new double[classes];
    for (int i = 0; i < classes; i++) {
      logarithms[i] = Math.log(Math.max(probabilities[from + i], Float.MIN_VALUE));
    }
    return logarithms;
  }

  /** As Spark's classifiers have it: the first of the largest p / threshold. */
  private int predicted(double[] probabilities) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double scaled =
          thresholds.length == 0
              ? probabilities[i]
              : thresholds[i] == 0 ? Double.POSITIVE_INFINITY : probabilities[i] / thresholds[i];
      if (scaled > most) {
        best = i;
        most = scaled;
      }
    }
    return best;
  }

  private final class Predicted implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Deque<Row> ready = new ArrayDeque<>();
    private final int most = Math.max(1, Math.min(MOST_ROWS, MOST_VALUES / features));
    private final float[] values = new float[most * features];
    private Predictor predictor;

    Predicted(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && rows.hasNext()) {
        predict();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void predict() {
      List<Row> batch = new ArrayList<>(most);
      List<Integer> places = new ArrayList<>(most);
      int filled = 0;
      while (batch.size() < most && rows.hasNext()) {
        Row row = rows.next();
        try {
          RowFeatures.put(column, row.get(at), values, filled * features, features);
          batch.add(row);
          places.add(filled++);
        } catch (InvalidRowException e) {
          if (handleInvalid.equals(ParamSet.ERROR)) {
            throw new IllegalArgumentException(
                "Cannot predict a row: %s. Set handleInvalid = skip or keep."
                    .formatted(e.getMessage()),
                e);
          }
          if (handleInvalid.equals(ParamSet.KEEP)) {
            batch.add(row);
            places.add(-1);
          }
        }
      }
      float[] probabilities =
          filled == 0 ? new float[0] : predictor().probabilities(values, filled);
      int classes = filled == 0 ? 0 : probabilities.length / filled;
      for (int i = 0; i < batch.size(); i++) {
        ready.add(with(batch.get(i), probabilities, places.get(i), classes));
      }
    }

    private Row with(Row row, float[] probabilities, int place, int classes) {
      Object[] all = new Object[row.size() + outputs.size()];
      for (int i = 0; i < row.size(); i++) {
        all[i] = row.get(i);
      }
      double[] ofRow = new double[place < 0 ? 0 : classes];
      for (int i = 0; i < ofRow.length; i++) {
        ofRow[i] = probabilities[place * classes + i];
      }
      for (int i = 0; i < outputs.size(); i++) {
        all[row.size() + i] =
            switch (outputs.get(i)) {
              case RAW ->
                  place < 0
                      ? null
                      : Vectors.dense(logarithms(probabilities, place * classes, classes));
              case PROBABILITY -> place < 0 ? null : Vectors.dense(ofRow);
              case PREDICTION -> place < 0 ? Double.NaN : (double) predicted(ofRow);
            };
      }
      return RowFactory.create(all);
    }

    private Predictor predictor() {
      if (predictor == null) {
        Predictor opened = Predictor.of(classifier.configurationJson(), classifier.parameters());
        TaskCompletionListener close = task -> opened.close();
        TaskContext.get().addTaskCompletionListener(close);
        predictor = opened;
      }
      return predictor;
    }
  }
}

package io.centroid.ml;

import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;

/** What is in a column of features, as floats. */
final class RowFeatures {
  private RowFeatures() {}

  /**
   * Writes the features of a row.
   *
   * @param column the column's name
   * @param value what is in it
   * @param features gets them
   * @param at where in {@code features} they go
   * @param count how many there must be
   */
  static void put(String column, Object value, float[] features, int at, int count)
      throws InvalidRowException {
    if (!(value instanceof Vector vector)) {
      throw new InvalidRowException("found null in column %s, expected a vector".formatted(column));
    }
    if (vector.size() != count) {
      throw new InvalidRowException(
          "found a vector of size %d in column %s, expected %d"
              .formatted(vector.size(), column, count));
    }
    if (vector instanceof SparseVector sparse) {
      java.util.Arrays.fill(features, at, at + count, 0);
      int[] indices = sparse.indices();
      for (int i = 0; i < indices.length; i++) {
        features[at + indices[i]] = finite(column, sparse.values()[i]);
      }
    } else {
      double[] values = ((DenseVector) vector).values();
      for (int i = 0; i < count; i++) {
        features[at + i] = finite(column, values[i]);
      }
    }
  }

  private static float finite(String column, double value) throws InvalidRowException {
    float number = (float) value;
    if (!Float.isFinite(number)) {
      throw new InvalidRowException(
          "found %s in column %s, expected a finite number of single precision"
              .formatted(value, column));
    }
    return number == 0 ? 0 : number; // -0 is the same number
  }
}

package io.centroid.example;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.FloatBytes;
import io.centroid.data.Normalization;
import java.util.Arrays;

/**
 * Columns as floats, four bytes for each, little-endian, that become features when they are read:
 * (x − mean) / deviation, or as they are.
 *
 * @param mean of each column, subtracted
 * @param deviation of each column, divided by; 1 for one that never changes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record ColumnCoding(double[] mean, double[] deviation) implements FeatureCoding {

  /** The coding of columns that are normalized in this way. */
  public static ColumnCoding of(Normalization normalization, ChannelStatistics statistics) {
    int columns = statistics.mean().size();
    double[] mean = new double[columns];
    double[] deviation = new double[columns];
    for (int column = 0; column < columns; column++) {
      boolean standardized = normalization == Normalization.STANDARDIZE;
      double found = standardized ? statistics.deviation().get(column) : 1;
      mean[column] = standardized ? statistics.mean().get(column) : 0;
      deviation[column] = found == 0 ? 1 : found;
    }
    return new ColumnCoding(mean, deviation);
  }

  @Override
  public int bytesPerValue() {
    return Float.BYTES;
  }

  @Override
  public float pixelScale() {
    return 0;
  }

  @Override
  public void decode(byte[] coded, int from, float[] features, int at, int count) {
    FloatBytes.get(coded, from, features, at, count);
    for (int i = 0; i < count; i++) {
      features[at + i] = (float) ((features[at + i] - mean[i]) / deviation[i]);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ColumnCoding that
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(deviation, that.deviation);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
  }
}

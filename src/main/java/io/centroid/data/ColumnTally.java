package io.centroid.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Statistics of columns of floats. A float is a mantissa below 2^24 times a power of two; mantissas
 * are summed up in integers, those of each power by themselves, and so are the halves of their
 * squares: 2^38 values fit, and no sum is ever rounded.
 */
public final class ColumnTally implements StatisticsTally {
  private static final long serialVersionUID = 1;

  private static final int MANTISSA = 24;
  private static final int POWERS = 256;

  /** The power of two of a mantissa is that of its bin less this. */
  private static final int BIAS = 150;

  private static final int HIGH = POWERS;
  private static final int LOW = 2 * POWERS;

  /** By column: sums of mantissas, of the upper and of the lower halves of their squares. */
  private final long[][] bins;

  private long count;

  ColumnTally(int columns) {
    bins = new long[columns][3 * POWERS];
  }

  @Override
  public void add(byte[] features) {
    for (int column = 0; column < bins.length; column++) {
      add(bins[column], FloatBytes.bits(features, column * Float.BYTES));
    }
    count++;
  }

  private static void add(long[] bins, int bits) {
    int exponent = (bits >>> (MANTISSA - 1)) & (POWERS - 1);
    int power = Math.max(exponent, 1);
    long mantissa = bits & ((1 << (MANTISSA - 1)) - 1);
    if (exponent > 0) {
      mantissa |= 1L << (MANTISSA - 1);
    }
    long square = mantissa * mantissa;
    bins[power] += bits < 0 ? -mantissa : mantissa;
    bins[HIGH + power] += square >>> MANTISSA;
    bins[LOW + power] += square & ((1L << MANTISSA) - 1);
  }

  @Override
  public void addAll(StatisticsTally other) {
    ColumnTally that = (ColumnTally) other;
    for (int column = 0; column < bins.length; column++) {
      for (int i = 0; i < bins[column].length; i++) {
        bins[column][i] += that.bins[column][i];
      }
    }
    count += that.count;
  }

  @Override
  public ChannelStatistics statistics() {
    if (count == 0) {
      throw new IllegalStateException("Cannot measure columns: no row was added");
    }
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    BigInteger rows = BigInteger.valueOf(count);
    for (long[] column : bins) {
      BigInteger sum = BigInteger.ZERO; // times 2^BIAS
      BigInteger squares = BigInteger.ZERO; // times 2^(2 BIAS)
      for (int power = 0; power < POWERS; power++) {
        sum = sum.add(BigInteger.valueOf(column[power]).shiftLeft(power));
        squares =
            squares.add(
                BigInteger.valueOf(column[HIGH + power])
                    .shiftLeft(MANTISSA)
                    .add(BigInteger.valueOf(column[LOW + power]))
                    .shiftLeft(2 * power));
      }
      means.add(quotient(sum, rows.shiftLeft(BIAS)));
      deviations.add(
          Math.sqrt(
              quotient(
                  rows.multiply(squares).subtract(sum.multiply(sum)),
                  rows.multiply(rows).shiftLeft(2 * BIAS))));
    }
    return new ChannelStatistics(List.copyOf(means), List.copyOf(deviations));
  }

  private static double quotient(BigInteger dividend, BigInteger divisor) {
    return new BigDecimal(dividend)
        .divide(new BigDecimal(divisor), MathContext.DECIMAL128)
        .doubleValue();
  }
}

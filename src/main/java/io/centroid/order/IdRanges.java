package io.centroid.order;

import java.math.BigInteger;
import org.apache.spark.Partitioner;

/** Cuts ids into ranges of one width: examples in a range go to one partition. */
final class IdRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int ranges;
  private final long first;
  private final long width;

  /**
   * Ranges of all ids from {@code first} to {@code last}.
   *
   * @param ranges how many
   */
  IdRanges(int ranges, long first, long last) {
    this.ranges = ranges;
    this.first = first;
    BigInteger ids = BigInteger.valueOf(last).subtract(BigInteger.valueOf(first));
    // At least 2^64 / ranges where ids are all there are, which as an unsigned number still fits.
    this.width = ids.divide(BigInteger.valueOf(ranges)).add(BigInteger.ONE).longValue();
  }

  @Override
  public int numPartitions() {
    return ranges;
  }

  @Override
  public int getPartition(Object key) {
    // What is beyond the last id after all belongs to the last range.
    long range = width == 0 ? 0 : Long.divideUnsigned(((SortKey) key).id() - first, width);
    return (int) Math.min(range, ranges - 1L);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdRanges that
        && ranges == that.ranges
        && first == that.first
        && width == that.width;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(first) + Long.hashCode(width);
  }
}

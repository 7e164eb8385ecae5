package io.centroid.prep;

import org.apache.spark.Partitioner;

/** Cuts the ids from 0 on into ranges of one width: examples in a range go to one partition. */
final class IdRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int ranges;
  private final long width;

  /**
   * Ranges of all ids.
   *
   * @param ranges how many
   */
  IdRanges(int ranges) {
    this.ranges = ranges;
    this.width = Long.MAX_VALUE / ranges + 1;
  }

  @Override
  public int numPartitions() {
    return ranges;
  }

  @Override
  public int getPartition(Object id) {
    return (int) ((Long) id / width);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdRanges that && ranges == that.ranges;
  }

  @Override
  public int hashCode() {
    return ranges;
  }
}

package io.centroid.average;

import java.util.Arrays;

/**
 * The weighted sum of a group of contributions in double precision: an inner node of the averaging
 * tree.
 *
 * @param sums of the parameters and of each slot of updater state; none when nobody in the group
 *     used an example
 * @param tally what the group did
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
record PartialSum(int index, double[][] sums, RoundTally tally) implements Contribution {

  @Override
  public int[] lengths() {
    return Arrays.stream(sums).mapToInt(sum -> sum.length).toArray();
  }
}

package io.centroid.average;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

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

  /** Adds up a group in ascending order of index, on the calling thread. */
  static PartialSum of(int index, List<Contribution> group) {
    List<Contribution> ordered =
        group.stream().sorted(Comparator.comparingInt(Contribution::index)).toList();
    WeightedSum sum = WeightedSum.of(ordered);
    double[][] sums = new double[sum.arrays()][];
    for (int array = 0; array < sums.length; array++) {
      sums[array] = whole(sum, array);
    }
    return new PartialSum(index, sums, sum.tally());
  }

  private static double[] whole(WeightedSum sum, int array) {
    double[] whole = new double[sum.length(array)];
    sum.ranges(array)
        .forEach(
            from -> {
              double[] range = sum.range(array, from);
              System.arraycopy(range, 0, whole, from, range.length);
            });
    return whole;
  }

  @Override
  public int[] lengths() {
    return Arrays.stream(sums).mapToInt(sum -> sum.length).toArray();
  }
}

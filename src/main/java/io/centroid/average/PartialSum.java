package io.centroid.average;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The weighted sum of a group of contributions in double precision: an inner node of the averaging
 * tree.
 *
 * @param sums one array for the parameters and one for each slot of updater state; none when nobody
 *     in the group used an example
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
public record PartialSum(
    int index,
    double[][] sums,
    long examples,
    long steps,
    int longestSteps,
    double lossSum,
    long computeMaxNanos,
    long computeSumNanos)
    implements Contribution {

  /** Sums a group in ascending order of index. */
  static PartialSum of(int index, List<Contribution> group) {
    List<Contribution> ordered =
        group.stream().sorted(Comparator.comparingInt(Contribution::index)).toList();
    int[] lengths = WeightedMean.lengths(ordered);
    double[][] sums = new double[lengths.length][];
    for (int array = 0; array < sums.length; array++) {
      sums[array] = new double[lengths[array]];
    }
    double lossSum = 0;
    for (Contribution contribution : ordered) {
      if (contribution.examples() > 0) {
        for (int array = 0; array < sums.length; array++) {
          contribution.add(array, 0, lengths[array], sums[array]);
        }
      }
      lossSum += contribution.lossSum();
    }
    return new PartialSum(
        index,
        sums,
        ordered.stream().mapToLong(Contribution::examples).sum(),
        ordered.stream().mapToLong(Contribution::steps).sum(),
        ordered.stream().mapToInt(Contribution::longestSteps).max().orElse(0),
        lossSum,
        ordered.stream().mapToLong(Contribution::computeMaxNanos).max().orElse(0),
        ordered.stream().mapToLong(Contribution::computeSumNanos).sum());
  }

  @Override
  public int[] lengths() {
    return Arrays.stream(sums).mapToInt(sum -> sum.length).toArray();
  }

  @Override
  public void add(int array, int from, int count, double[] sum) {
    double[] values = sums[array];
    for (int i = 0; i < count; i++) {
      sum[i] += values[from + i];
    }
  }
}

package io.centroid.train;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The weighted sum of a group of contributions in double precision: an inner node of the averaging
 * tree.
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
record PartialSum(
    int index,
    double[] parameters,
    double[] updaterState,
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
    double[] parameters = new double[longest(ordered, Contribution::parameterCount)];
    double[] updaterState = new double[longest(ordered, Contribution::updaterStateCount)];
    double lossSum = 0;
    for (Contribution contribution : ordered) {
      contribution.addParameters(0, parameters);
      contribution.addUpdaterState(0, updaterState);
      lossSum += contribution.lossSum();
    }
    return new PartialSum(
        index,
        parameters,
        updaterState,
        ordered.stream().mapToLong(Contribution::examples).sum(),
        ordered.stream().mapToLong(Contribution::steps).sum(),
        longest(ordered, Contribution::longestSteps),
        lossSum,
        ordered.stream().mapToLong(Contribution::computeMaxNanos).max().orElse(0),
        ordered.stream().mapToLong(Contribution::computeSumNanos).sum());
  }

  @Override
  public int parameterCount() {
    return parameters.length;
  }

  @Override
  public int updaterStateCount() {
    return updaterState.length;
  }

  @Override
  public void addParameters(int from, double[] sum) {
    add(parameters, from, sum);
  }

  @Override
  public void addUpdaterState(int from, double[] sum) {
    add(updaterState, from, sum);
  }

  private static void add(double[] values, int from, double[] sum) {
    int length = Math.min(sum.length, values.length - from);
    for (int i = 0; i < length; i++) {
      sum[i] += values[from + i];
    }
  }

  private static int longest(List<Contribution> group, ToIntFunction<Contribution> length) {
    return group.stream().mapToInt(length).max().orElse(0);
  }
}

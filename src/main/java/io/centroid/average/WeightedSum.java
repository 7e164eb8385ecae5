package io.centroid.average;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The fold of a round: Σ n_w x_w for the parameters and for each slot of updater state, in double
 * precision, in ascending order of the contributions. Inner nodes of the averaging tree and the
 * driver's mean add in no other way, so that the sum of a value does not depend on where it is
 * added up, nor on how arrays are cut into ranges.
 */
final class WeightedSum {
  /** Doubles that stay in the first-level cache. */
  private static final int RANGE = 2048;

  private final List<Contribution> contributions;
  private final RoundTally tally;
  private final int[] lengths;

  private WeightedSum(List<Contribution> contributions, RoundTally tally) {
    this.contributions = contributions;
    this.tally = tally;
    this.lengths = contributions.isEmpty() ? new int[0] : contributions.get(0).lengths();
  }

  /**
   * The sum of contributions.
   *
   * @param contributions in ascending order of index
   */
  static WeightedSum of(List<Contribution> contributions) {
    RoundTally tally = RoundTally.NONE;
    for (Contribution contribution : contributions) {
      tally = tally.plus(contribution.tally());
    }
    return new WeightedSum(
        contributions.stream().filter(each -> each.tally().examples() > 0).toList(), tally);
  }

  /** What was done for all of it. */
  RoundTally tally() {
    return tally;
  }

  /** Arrays to add up: the parameters, then the slots; none when nobody used an example. */
  int arrays() {
    return lengths.length;
  }

  /** Values of one array. */
  int length(int array) {
    return lengths[array];
  }

  /** Where the ranges of one array start. */
  IntStream ranges(int array) {
    return IntStream.range(0, (lengths[array] + RANGE - 1) / RANGE).map(range -> range * RANGE);
  }

  /** The contribution that is added last. */
  Contribution last() {
    return contributions.get(contributions.size() - 1);
  }

  /** ((0 + n_0 x_0) + n_1 x_1) + … for each value of the range that starts at {@code from}. */
  double[] range(int array, int from) {
    double[] sum = new double[Math.min(RANGE, lengths[array] - from)];
    int next = 0;
    while (next < contributions.size()) {
      Contribution contribution = contributions.get(next++);
      if (contribution instanceof PartialSum partial) {
        add(partial.sums()[array], from, sum);
      } else if (contribution instanceof WorkerResult left
          && next < contributions.size()
          && contributions.get(next) instanceof WorkerResult right) {
        add(left, right, array, from, sum);
        next++;
      } else if (contribution instanceof WorkerResult only) {
        add(only, array, from, sum);
      }
    }
    return sum;
  }

  private static void add(double[] values, int from, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[from + i];
    }
  }

  private static void add(WorkerResult result, int array, int from, double[] sum) {
    double weight = (double) result.tally().examples();
    float[] values = result.values(array);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * values[from + i];
    }
  }

  /** Two in one pass over the sum take less time, by 6 % with two workers and a fifth with many. */
  private static void add(
      WorkerResult left, WorkerResult right, int array, int from, double[] sum) {
    double leftWeight = (double) left.tally().examples();
    double rightWeight = (double) right.tally().examples();
    float[] leftValues = left.values(array);
    float[] rightValues = right.values(array);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = sum[i] + leftWeight * leftValues[from + i] + rightWeight * rightValues[from + i];
    }
  }
}

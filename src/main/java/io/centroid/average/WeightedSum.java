package io.centroid.average;

import io.centroid.average.Contribution.PartialSum;
import io.centroid.average.Contribution.WorkerResult;
import io.centroid.collective.Fold;
import io.centroid.compute.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The fold of a round: Σ m_w x_w for the parameters and for each slot of updater state, in double
 * precision, in ascending order of the contributions. Inner nodes of the averaging tree and the
 * driver's mean add in no other way, so that the sum of a value does not depend on where it is
 * added up, nor on how arrays are cut into ranges or contributions come in.
 *
 * <p>It holds no more than {@link CentroidAveraging#ADDED_AT_ONCE} contributions: with those the
 * values of a range stay in the first-level cache until all are added; from the next one on they
 * are added to a sum in memory.
 */
final class WeightedSum {
  /** Doubles that stay in the first-level cache. */
  private static final int RANGE = 2048;

  private final UnaryOperator<IntStream> threads;
  private final List<Contribution> held = new ArrayList<>();
  private RoundTally tally = RoundTally.NONE;
  private int[] lengths = new int[0];
  private double[][] sums;

  private WeightedSum(UnaryOperator<IntStream> threads) {
    this.threads = threads;
  }

  /** A sum that is worked on by all cores. */
  static WeightedSum onAllCores() {
    return new WeightedSum(IntStream::parallel);
  }

  /** A sum that is worked on by the calling thread alone. */
  static WeightedSum onThisThread() {
    return new WeightedSum(IntStream::sequential);
  }

  /** Adds the next contribution, in ascending order of index. */
  void add(Contribution contribution) {
    tally = tally.plus(contribution.tally());
    if (contribution.tally().examples() == 0) {
      return;
    }
    if (held.size() == CentroidAveraging.ADDED_AT_ONCE) {
      addHeld();
    }
    lengths = contribution.lengths();
    held.add(contribution);
  }

  /** What was done for all of it. */
  RoundTally tally() {
    return tally;
  }

  /**
   * The sum as a contribution to another one.
   *
   * @param index its place there
   */
  PartialSum partial(int index) {
    if (tally.examples() == 0) {
      return new PartialSum(index, new double[0][], tally);
    }
    addHeld();
    return new PartialSum(index, sums, tally);
  }

  /**
   * The average of the round: Σ m_w x_w / Σ m_w. It is written over the arrays of the contribution
   * that was added last, which nobody needs any more: fresh ones take 10 to 30 % more time.
   *
   * @param iteration the iteration the round started at
   */
  TrainingState mean(int iteration) {
    double scale = 1.0 / tally.weight();
    float[][] means = new float[lengths.length][];
    Contribution last = held.get(held.size() - 1);
    for (int array = 0; array < means.length; array++) {
      float[] mean =
          last instanceof WorkerResult result ? result.values(array) : new float[lengths[array]];
      forEachRange(
          array,
          (from, range) -> {
            for (int i = 0; i < range.length; i++) {
              mean[from + i] = (float) (range[i] * scale);
            }
          });
      means[array] = mean;
    }
    return new TrainingState(
        means[0], Arrays.copyOfRange(means, 1, means.length), iteration + tally.longestSteps());
  }

  /** Adds what is held to the sum in memory. */
  private void addHeld() {
    if (sums == null) {
      sums = Arrays.stream(lengths).mapToObj(double[]::new).toArray(double[][]::new);
    }
    for (int array = 0; array < sums.length; array++) {
      double[] whole = sums[array];
      forEachRange(array, (from, range) -> System.arraycopy(range, 0, whole, from, range.length));
    }
    held.clear();
  }

  private interface RangeConsumer {
    void accept(int from, double[] range);
  }

  private void forEachRange(int array, RangeConsumer consumer) {
    int ranges = (lengths[array] + RANGE - 1) / RANGE;
    threads
        .apply(IntStream.range(0, ranges))
        .forEach(range -> consumer.accept(range * RANGE, range(array, range * RANGE)));
  }

  /** (((0 + m_0 x_0) + m_1 x_1) + …) for each value of the range that starts at {@code from}. */
  private double[] range(int array, int from) {
    double[] sum = new double[Math.min(RANGE, lengths[array] - from)];
    if (sums != null) {
      System.arraycopy(sums[array], from, sum, 0, sum.length);
    }
    int next = 0;
    while (next < held.size()) {
      Contribution contribution = held.get(next++);
      if (contribution instanceof PartialSum partial) {
        add(partial.sums()[array], from, sum);
      } else if (contribution instanceof WorkerResult left
          && next < held.size()
          && held.get(next) instanceof WorkerResult right) {
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
    Fold.add(sum, result.tally().weight(), result.values(array), from, sum.length);
  }

  /** Two in one pass over the sum take less time, by 6 % with two workers and a fifth with many. */
  private static void add(
      WorkerResult left, WorkerResult right, int array, int from, double[] sum) {
    double leftWeight = left.tally().weight();
    double rightWeight = right.tally().weight();
    float[] leftValues = left.values(array);
    float[] rightValues = right.values(array);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = sum[i] + leftWeight * leftValues[from + i] + rightWeight * rightValues[from + i];
    }
  }
}

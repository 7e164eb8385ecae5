package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The average of a round: Σ n_w x_w / Σ n_w for every parameter and every value of updater state,
 * summed in double precision in ascending order of the contributions.
 *
 * <p>The average is written over the arrays of the last worker's result, which nobody needs any
 * more: states may be large, and fresh memory is slow.
 *
 * <p>The arrays are cut into chunks that are averaged in parallel; the sum of one value never
 * depends on how they are cut.
 */
final class WeightedMean {
  /** Doubles that stay in the first-level cache. */
  private static final int CHUNK = 2048;

  private WeightedMean() {}

  /**
   * Averages contributions.
   *
   * @param contributions in ascending order of index, at least one with examples
   * @param iteration the iteration the round started at
   */
  static TrainingState of(List<Contribution> contributions, int iteration) {
    List<Contribution> used =
        contributions.stream().filter(contribution -> contribution.examples() > 0).toList();
    int steps = used.stream().mapToInt(Contribution::longestSteps).max().orElseThrow();
    int[] lengths = lengths(used);
    float[][] means = new float[lengths.length][];
    for (int array = 0; array < means.length; array++) {
      means[array] = mean(used, array, lengths[array]);
    }
    return new TrainingState(
        means[0], Arrays.copyOfRange(means, 1, means.length), iteration + steps);
  }

  /** Lengths of the arrays that contributions have sums of; none when nobody used an example. */
  static int[] lengths(List<Contribution> contributions) {
    return contributions.stream()
        .filter(contribution -> contribution.examples() > 0)
        .findFirst()
        .map(Contribution::lengths)
        .orElse(new int[0]);
  }

  private static float[] mean(List<Contribution> contributions, int array, int length) {
    double scale = 1.0 / contributions.stream().mapToLong(Contribution::examples).sum();
    Contribution last = contributions.get(contributions.size() - 1);
    float[] mean = last instanceof WorkerResult result ? result.values(array) : new float[length];
    IntStream.range(0, (length + CHUNK - 1) / CHUNK)
        .parallel()
        .forEach(
            chunk -> {
              int from = chunk * CHUNK;
              int to = Math.min(from + CHUNK, length);
              mean(contributions, array, scale, mean, from, to);
            });
    return mean;
  }

  /** The mean of a range: all but the last two are added up, the last two go in one pass. */
  private static void mean(
      List<Contribution> contributions, int array, double scale, float[] mean, int from, int to) {
    int count = contributions.size();
    double[] sum = new double[to - from];
    for (int c = 0; c < count - 2; c++) {
      contributions.get(c).add(array, from, sum.length, sum);
    }
    if (count > 1
        && contributions.get(count - 2) instanceof WorkerResult left
        && contributions.get(count - 1) instanceof WorkerResult right) {
      finish(sum, left, right, array, scale, mean, from);
      return;
    }
    for (int c = Math.max(0, count - 2); c < count; c++) {
      contributions.get(c).add(array, from, sum.length, sum);
    }
    for (int i = 0; i < sum.length; i++) {
      mean[from + i] = (float) (sum[i] * scale);
    }
  }

  private static void finish(
      double[] sum,
      WorkerResult left,
      WorkerResult right,
      int array,
      double scale,
      float[] mean,
      int from) {
    double leftWeight = (double) left.examples();
    double rightWeight = (double) right.examples();
    float[] leftValues = left.values(array);
    float[] rightValues = right.values(array);
    for (int i = 0; i < sum.length; i++) {
      double total =
          sum[i] + leftWeight * leftValues[from + i] + rightWeight * rightValues[from + i];
      mean[from + i] = (float) (total * scale);
    }
  }
}

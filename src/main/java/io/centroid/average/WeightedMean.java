package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.Arrays;
import java.util.List;

/**
 * The average of a round: Σ n_w x_w / Σ n_w for every parameter and every value of updater state.
 *
 * <p>It is written over the arrays of the last worker's result, which nobody needs any more: a
 * fresh array takes 10 to 30 % more time.
 */
final class WeightedMean {
  private WeightedMean() {}

  /**
   * Averages contributions, on all cores.
   *
   * @param contributions in ascending order of index, at least one with examples
   * @param iteration the iteration the round started at
   */
  static TrainingState of(List<Contribution> contributions, int iteration) {
    return of(WeightedSum.of(contributions), iteration);
  }

  /** The average that a sum comes to. */
  static TrainingState of(WeightedSum sum, int iteration) {
    float[][] means = new float[sum.arrays()][];
    for (int array = 0; array < means.length; array++) {
      means[array] = mean(sum, array);
    }
    return new TrainingState(
        means[0],
        Arrays.copyOfRange(means, 1, means.length),
        iteration + sum.tally().longestSteps());
  }

  private static float[] mean(WeightedSum sum, int array) {
    double scale = 1.0 / sum.tally().examples();
    float[] mean =
        sum.last() instanceof WorkerResult result
            ? result.values(array)
            : new float[sum.length(array)];
    sum.ranges(array)
        .parallel()
        .forEach(
            from -> {
              double[] range = sum.range(array, from);
              for (int i = 0; i < range.length; i++) {
                mean[from + i] = (float) (range[i] * scale);
              }
            });
    return mean;
  }
}

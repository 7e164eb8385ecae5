package io.centroid.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The average of a round: Σ n_w x_w / Σ n_w for every parameter and every value of updater state,
 * summed in double precision in ascending order of the contributions.
 *
 * <p>The arrays are cut into chunks that are averaged in parallel; the sum of one value never
 * depends on how they are cut.
 */
final class WeightedMean {
  /** Doubles that stay in the first-level cache. */
  private static final int CHUNK = 2048;

  private WeightedMean() {}

  /** Adds one contribution's share of a range to the sum. */
  private interface Addition {
    void add(Contribution contribution, int from, double[] sum);
  }

  /**
   * Averages contributions.
   *
   * @param contributions in ascending order of index, at least one with examples
   * @param iteration the iteration the round started at
   */
  static TrainingState of(List<Contribution> contributions, int iteration) {
    int parameters = 0;
    int updaterState = 0;
    int steps = 0;
    long examples = 0;
    for (Contribution contribution : contributions) {
      parameters = Math.max(parameters, contribution.parameterCount());
      updaterState = Math.max(updaterState, contribution.updaterStateCount());
      steps = Math.max(steps, contribution.longestSteps());
      examples += contribution.examples();
    }
    return new TrainingState(
        mean(contributions, parameters, (double) examples, Contribution::addParameters),
        mean(contributions, updaterState, (double) examples, Contribution::addUpdaterState),
        iteration + steps);
  }

  private static float[] mean(
      List<Contribution> contributions, int length, double weight, Addition addition) {
    float[] mean = new float[length];
    int chunks = (length + CHUNK - 1) / CHUNK;
    IntStream.range(0, chunks)
        .parallel()
        .forEach(
            chunk -> {
              int from = chunk * CHUNK;
              double[] sum = new double[Math.min(CHUNK, length - from)];
              for (Contribution contribution : contributions) {
                addition.add(contribution, from, sum);
              }
              for (int i = 0; i < sum.length; i++) {
                mean[from + i] = (float) (sum[i] / weight);
              }
            });
    return mean;
  }
}

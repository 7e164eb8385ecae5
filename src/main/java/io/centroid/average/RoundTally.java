package io.centroid.average;

import io.centroid.example.Coverage;

/**
 * What workers did in a round, counted.
 *
 * @param used which examples, as the steps met them
 * @param steps steps made, over all workers
 * @param longestSteps the largest number of steps of one worker
 * @param lossSum sum of the examples' losses
 * @param computeMaxNanos nanoseconds of local training of the slowest worker
 * @param computeSumNanos nanoseconds of local training, over all workers
 */
record RoundTally(
    Coverage used,
    long steps,
    int longestSteps,
    double lossSum,
    long computeMaxNanos,
    long computeSumNanos) {

  /** Of nobody. */
  static final RoundTally NONE = new RoundTally(Coverage.NONE, 0, 0, 0, 0, 0);

  /** Of one worker. */
  static RoundTally of(Coverage used, int steps, double lossSum, long computeNanos) {
    return new RoundTally(used, steps, steps, lossSum, computeNanos, computeNanos);
  }

  /** How many examples were used: the weight in the average. */
  long examples() {
    return used.examples();
  }

  /** Of these workers and others; losses are added in the order of the calls. */
  RoundTally plus(RoundTally other) {
    return new RoundTally(
        used.plus(other.used),
        steps + other.steps,
        Math.max(longestSteps, other.longestSteps),
        lossSum + other.lossSum,
        Math.max(computeMaxNanos, other.computeMaxNanos),
        computeSumNanos + other.computeSumNanos);
  }
}

package io.centroid.average;

/**
 * What workers did in a round, counted.
 *
 * @param examples examples used, the weight in the average
 * @param steps steps made, over all workers
 * @param longestSteps the largest number of steps of one worker
 * @param lossSum sum of the examples' losses
 * @param computeMaxNanos nanoseconds of local training of the slowest worker
 * @param computeSumNanos nanoseconds of local training, over all workers
 */
record RoundTally(
    long examples,
    long steps,
    int longestSteps,
    double lossSum,
    long computeMaxNanos,
    long computeSumNanos) {

  /** Of nobody. */
  static final RoundTally NONE = new RoundTally(0, 0, 0, 0, 0, 0);

  /** Of one worker. */
  static RoundTally of(long examples, int steps, double lossSum, long computeNanos) {
    return new RoundTally(examples, steps, steps, lossSum, computeNanos, computeNanos);
  }

  /** Of these workers and others; losses are added in the order of the calls. */
  RoundTally plus(RoundTally other) {
    return new RoundTally(
        examples + other.examples,
        steps + other.steps,
        Math.max(longestSteps, other.longestSteps),
        lossSum + other.lossSum,
        Math.max(computeMaxNanos, other.computeMaxNanos),
        computeSumNanos + other.computeSumNanos);
  }
}

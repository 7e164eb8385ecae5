package io.centroid.average;

/** What goes into an average: one worker's result, or the sum of several. */
sealed interface Contribution permits WorkerResult, PartialSum {

  /** Its place among the contributions of its level, from 0; they are summed in this order. */
  int index();

  /** Examples used, the weight. */
  long examples();

  /** Steps made, over all workers. */
  long steps();

  /** The largest number of steps of one worker. */
  int longestSteps();

  /** Sum of the examples' losses. */
  double lossSum();

  /** Nanoseconds of local training of the slowest worker. */
  long computeMaxNanos();

  /** Nanoseconds of local training, over all workers. */
  long computeSumNanos();

  /**
   * Lengths of the arrays it has a weighted sum of: the parameters, then each slot of updater
   * state; none when it used no examples.
   */
  int[] lengths();

  /**
   * Adds weight × values of one array to {@code sum}.
   *
   * @param array which one, as in {@link #lengths}
   * @param from the value that {@code sum[0]} stands for
   * @param count how many
   */
  void add(int array, int from, int count, double[] sum);
}

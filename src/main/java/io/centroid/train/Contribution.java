package io.centroid.train;

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

  /** Parameters it has a weighted sum of; 0 when it used no examples. */
  int parameterCount();

  /** Values of updater state it has a weighted sum of; 0 when there are none. */
  int updaterStateCount();

  /**
   * Adds weight × parameters of the range to {@code sum}, whose element 0 stands for {@code from}.
   */
  void addParameters(int from, double[] sum);

  /** Adds weight × updater state of the range to {@code sum}. */
  void addUpdaterState(int from, double[] sum);
}

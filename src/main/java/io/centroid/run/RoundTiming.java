package io.centroid.run;

/**
 * Where the time of one round went, in seconds.
 *
 * @param examples training examples used in it, by all workers; 0 in histories of before they were
 *     recorded
 * @param broadcast making the state ready to be sent, until the job started
 * @param computeMax local training of the slowest worker
 * @param computeMean local training, mean over workers
 * @param compute the least time that local training could take on the task slots there are: that of
 *     the slowest worker, or with more workers than slots that of all of them shared out
 * @param collect the rest of the Spark job: scheduling, the state down, results up
 * @param average averaging on the driver
 */
public record RoundTiming(
    long examples,
    double broadcast,
    double computeMax,
    double computeMean,
    double compute,
    double collect,
    double average) {

  /** What is not local training. */
  public double outsideCompute() {
    return broadcast + collect + average;
  }

  /** The whole round. */
  public double total() {
    return broadcast + compute + collect + average;
  }
}

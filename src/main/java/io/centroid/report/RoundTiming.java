package io.centroid.report;

/**
 * Where the time of one round went, in seconds.
 *
 * @param broadcast sending the state down, until the job started
 * @param computeMax local training of the slowest worker
 * @param computeMean local training, mean over workers
 * @param collect the rest of the Spark job: scheduling, results up
 * @param average averaging on the driver
 */
public record RoundTiming(
    double broadcast, double computeMax, double computeMean, double collect, double average) {

  /** The whole round. */
  public double total() {
    return broadcast + computeMax + collect + average;
  }
}

package io.centroid.train;

import io.centroid.compute.TrainingState;

/** Trains a network by parameter averaging, epoch by epoch. */
public interface AveragingEngine extends AutoCloseable {

  /**
   * One epoch: every example once.
   *
   * @param start where to start from
   * @param epoch the epoch's number, from 1; decides the order of the examples
   * @throws io.centroid.error.JobException when the loss is not finite (category DIVERGED) or not
   *     every example was used exactly once (INTERNAL)
   */
  EpochResult trainEpoch(TrainingState start, int epoch, RoundListener listener);

  /** Frees what the engine holds on driver and executors. */
  @Override
  void close();
}

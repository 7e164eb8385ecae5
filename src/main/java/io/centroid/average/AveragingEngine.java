package io.centroid.average;

/** Trains a network by parameter averaging, epoch by epoch. */
public interface AveragingEngine extends AutoCloseable {

  /**
   * The rounds of an epoch that are not done yet, unless {@code listener} ends it before; after
   * them each example of the epoch was used once.
   *
   * @param from where to start from
   * @return the position after the last of them
   * @throws io.centroid.error.JobException when the loss is not finite (category DIVERGED) or not
   *     every example was used exactly once (INTERNAL)
   */
  TrainingPosition trainEpoch(TrainingPosition from, RoundListener listener);

  /** Frees what the engine holds on driver and executors. */
  @Override
  void close();
}

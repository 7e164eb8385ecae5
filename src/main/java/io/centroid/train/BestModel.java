package io.centroid.train;

import io.centroid.compute.TrainingState;

/**
 * The best epoch so far and when to stop looking for a better one: by validation accuracy, of equal
 * ones the earliest; without a validation split the last epoch is the best.
 */
final class BestModel {
  private final int patience;
  private TrainingState state;
  private int epoch;
  private double accuracy = Double.NEGATIVE_INFINITY;
  private int lastEpoch;

  /**
   * Creates a tracker.
   *
   * @param patience epochs without a better one after which to stop; 0 for never
   */
  BestModel(int patience) {
    this.patience = patience;
  }

  /**
   * Notes an epoch.
   *
   * @param validationAccuracy null without a validation split
   * @return whether it is the best so far
   */
  boolean offer(int finishedEpoch, TrainingState candidate, Double validationAccuracy) {
    lastEpoch = finishedEpoch;
    if (validationAccuracy != null && validationAccuracy <= accuracy) {
      return false;
    }
    state = candidate;
    epoch = finishedEpoch;
    accuracy = validationAccuracy == null ? accuracy : validationAccuracy;
    return true;
  }

  /** Whether there was no better epoch for as long as one was waited for. */
  boolean patienceIsOver() {
    return patience > 0 && lastEpoch - epoch >= patience;
  }

  TrainingState state() {
    return state;
  }

  int epoch() {
    return epoch;
  }
}

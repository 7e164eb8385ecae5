package io.centroid.checkpoint;

import io.centroid.compute.TrainingState;

/**
 * The best epoch so far and when to stop looking for a better one: by validation accuracy, of equal
 * ones the earliest; without a validation split the last epoch is the best.
 *
 * @param state the state to publish; null before the first epoch
 * @param epoch the epoch it is from, from 1
 * @param accuracy on the validation split; null without one
 * @param lastEpoch the epoch that was offered last
 */
public record BestModel(TrainingState state, int epoch, Double accuracy, int lastEpoch) {

  /** Before the first epoch. */
  public static final BestModel NONE = new BestModel(null, 0, null, 0);

  /**
   * With one epoch more.
   *
   * @param validationAccuracy null without a validation split
   */
  public BestModel offered(int finishedEpoch, TrainingState candidate, Double validationAccuracy) {
    boolean better =
        validationAccuracy == null || accuracy == null || validationAccuracy > accuracy;
    return better
        ? new BestModel(candidate, finishedEpoch, validationAccuracy, finishedEpoch)
        : new BestModel(state, epoch, accuracy, finishedEpoch);
  }

  /** Whether the epoch that was offered last is the best. */
  public boolean isOfLastEpoch() {
    return epoch == lastEpoch;
  }

  /**
   * Whether there was no better epoch for as long as one was waited for.
   *
   * @param patience epochs without a better one after which to stop; 0 for never
   */
  public boolean patienceIsOver(int patience) {
    return patience > 0 && lastEpoch - epoch >= patience;
  }
}

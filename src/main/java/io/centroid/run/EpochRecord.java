package io.centroid.run;

import java.util.List;

/**
 * One epoch in {@code history.json}.
 *
 * @param epoch its number, from 1
 * @param trainingLoss mean loss over the training examples, as measured during the epoch
 * @param validationLoss mean loss over the validation split after the epoch; null without one
 * @param validationAccuracy accuracy on the validation split after the epoch; null without one
 * @param best whether this is the best epoch so far
 * @param examples training examples used
 * @param steps minibatches, over all workers
 * @param seconds training time, validation not included
 * @param imagesPerSecond examples / seconds
 * @param rounds where the time of its rounds went, in the order in which they were made
 */
public record EpochRecord(
    int epoch,
    double trainingLoss,
    Double validationLoss,
    Double validationAccuracy,
    boolean best,
    long examples,
    long steps,
    double seconds,
    double imagesPerSecond,
    List<RoundTiming> rounds) {

  /** How many rounds it had. */
  public int roundsDone() {
    return rounds.stream().mapToInt(RoundTiming::rounds).sum();
  }
}

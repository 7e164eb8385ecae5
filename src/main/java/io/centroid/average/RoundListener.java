package io.centroid.average;

import io.centroid.run.RoundTiming;

/** Is told of every round, on the driver, and says how training goes on. */
public interface RoundListener {
  /** Does not listen. */
  RoundListener NONE = (epoch, round, meanLoss, timing) -> true;

  /**
   * A round is done.
   *
   * @param epoch the epoch, from 1
   * @param round how many rounds of it are done
   * @param meanLoss mean training loss over the examples of this round
   * @param timing where its time went
   * @return false to end before the epoch does, after this round or one that is under way
   */
  boolean roundDone(int epoch, int round, double meanLoss, RoundTiming timing);

  /** A position was reached within an epoch after {@link #interval} rounds. */
  default void reached(TrainingPosition position) {}

  /** How many rounds of an epoch there are between two positions that can be gone on from. */
  default int interval() {
    return Integer.MAX_VALUE;
  }
}

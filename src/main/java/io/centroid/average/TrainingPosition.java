package io.centroid.average;

import io.centroid.compute.TrainingState;

/**
 * How far a training is, and all that decides how it goes on.
 *
 * @param epoch the epoch under way, from 1; decides the order of the examples
 * @param round rounds of it that are done
 * @param state what the next round starts from
 * @param tally what those rounds came to
 */
public record TrainingPosition(int epoch, int round, AveragingState state, EpochTally tally) {

  /** Before the first round of an epoch. */
  public static TrainingPosition before(int epoch, TrainingState start) {
    return before(epoch, AveragingState.of(start));
  }

  /** Before the first round of an epoch that follows on others. */
  public static TrainingPosition before(int epoch, AveragingState start) {
    return new TrainingPosition(epoch, 0, start, EpochTally.NOTHING);
  }

  /** Before the epoch after this one. */
  public TrainingPosition nextEpoch() {
    return before(epoch + 1, state);
  }
}

package io.centroid.average;

import io.centroid.compute.TrainingState;

/**
 * What one logical worker made of a round.
 *
 * @param index the worker
 * @param state its state after the round; empty when it had nothing left to train on
 * @param tally what it did
 */
record WorkerResult(int index, TrainingState state, RoundTally tally) implements Contribution {

  /** The result of a worker that has nothing left to train on in this epoch: weight 0. */
  static WorkerResult idle(int worker) {
    return new WorkerResult(worker, TrainingState.EMPTY, RoundTally.NONE);
  }

  @Override
  public int[] lengths() {
    return tally.examples() == 0 ? new int[0] : state.lengths();
  }

  /** The parameters, or a slot of updater state. */
  float[] values(int array) {
    return state.array(array);
  }
}

package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.Arrays;

/**
 * What goes into a {@link WeightedSum}: one worker's result, or the partial sum of several. Nobody
 * writes its arrays any more, except the sum that it was added to.
 */
sealed interface Contribution permits Contribution.WorkerResult, Contribution.PartialSum {

  /** Its place among the contributions of its level, from 0; they are added in this order. */
  int index();

  /** What was done for it; without examples it weighs nothing and has no arrays. */
  RoundTally tally();

  /** Lengths of the parameters and then of each slot of updater state; none without examples. */
  int[] lengths();

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

  /**
   * The weighted sum of a group of contributions in double precision: an inner node of the
   * averaging tree.
   *
   * @param sums of the parameters and of each slot of updater state; none when nobody in the group
   *     used an example
   * @param tally what the group did
   */
  @SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
  record PartialSum(int index, double[][] sums, RoundTally tally) implements Contribution {

    @Override
    public int[] lengths() {
      return Arrays.stream(sums).mapToInt(sum -> sum.length).toArray();
    }
  }
}

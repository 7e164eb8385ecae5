package io.centroid.average;

/**
 * What goes into a {@link WeightedSum}: one worker's result, or the partial sum of several. Nobody
 * writes its arrays any more, except the sum that it was added to.
 */
sealed interface Contribution permits WorkerResult, PartialSum {

  /** Its place among the contributions of its level, from 0; they are added in this order. */
  int index();

  /** What was done for it; without examples it weighs nothing and has no arrays. */
  RoundTally tally();

  /** Lengths of the parameters and then of each slot of updater state; none without examples. */
  int[] lengths();
}

package io.centroid.train;

/**
 * Trains on an executor, one thread at a time, from a state that is handed in to a state that is
 * handed out; keeps nothing in between but buffers.
 */
interface LocalTrainer extends AutoCloseable {

  /**
   * Begins a round: takes over parameters, updater state and iteration.
   *
   * @param randomSeed seed of whatever the network draws at random during the round (dropout)
   */
  void start(TrainingState state, long randomSeed);

  /**
   * One step on one minibatch.
   *
   * @param features {@code examples × features} values, possibly in a longer array
   * @param labels {@code examples × labels} values, possibly in a longer array
   * @return the minibatch's mean loss before the step, regularization included
   */
  double step(float[] features, float[] labels, int examples);

  /** The state after the steps made since {@link #start}. */
  TrainingState state();

  /** Frees native memory. */
  @Override
  void close();
}

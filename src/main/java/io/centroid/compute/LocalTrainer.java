package io.centroid.compute;

import io.centroid.example.Minibatch;

/**
 * Trains on one thread, from a state that is handed in to a state that is handed out; keeps nothing
 * in between but buffers.
 */
public interface LocalTrainer extends AutoCloseable {

  /** Begins: copies parameters, updater state and iteration, and writes none of their arrays. */
  void start(TrainingState state);

  /**
   * One step.
   *
   * @param randomSeed seed of whatever the network draws at random in this step (dropout)
   * @return the minibatch's weighted mean loss before the step, regularization included
   */
  double step(Minibatch minibatch, long randomSeed);

  /** Ends: the state after the steps made since {@link #start}; its arrays are the caller's. */
  TrainingState finish();

  /** Frees native memory. */
  @Override
  void close();
}

package io.centroid.evaluate;

import java.io.Serializable;

/**
 * What becomes of the predictions of one partition, on its executor.
 *
 * @param <E> what is known of an example
 * @param <R> what the examples come to, which is sent to the driver
 */
interface ExampleTally<E, R> {

  /**
   * Takes a classified example.
   *
   * @param probabilities of several examples, example after example
   * @param from where this example's probabilities start
   */
  void add(E example, float[] probabilities, int from);

  /** What the examples come to. */
  R result();

  /** Begins a tally for each partition. */
  @FunctionalInterface
  interface Factory<E, R> extends Serializable {
    /** One of no examples. */
    ExampleTally<E, R> begin();
  }
}

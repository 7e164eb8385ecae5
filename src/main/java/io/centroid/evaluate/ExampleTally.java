package io.centroid.evaluate;

import io.centroid.shard.Example;
import java.io.Serializable;

/**
 * What becomes of the predictions of one partition, on its executor.
 *
 * @param <R> what it comes to, which is sent to the driver
 */
interface ExampleTally<R> {

  /**
   * Takes a classified example.
   *
   * @param example as it is in the shard
   * @param probabilities of several examples, example after example
   * @param from where this example's probabilities start
   */
  void add(Example example, float[] probabilities, int from);

  /** What the examples come to. */
  R result();

  /** Begins a tally for each partition. */
  @FunctionalInterface
  interface Factory<R> extends Serializable {
    /** One of no examples. */
    ExampleTally<R> begin();
  }
}

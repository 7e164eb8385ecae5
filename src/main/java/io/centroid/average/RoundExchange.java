package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How the state a round starts from gets to the workers and what they made of it comes back. The
 * driver opens one for each round and closes it when the round is over; tasks have a copy.
 */
sealed interface RoundExchange extends Serializable, AutoCloseable
    permits ReferenceExchange, BlockExchange, BroadcastExchange {

  /**
   * An exchange for one round that starts from {@code start}: straight between driver and workers
   * where there are few of them, through Spark's broadcast and shuffle where there are many.
   *
   * @param results how many there will be
   * @param fanIn how many may be held in one place at once
   */
  static RoundExchange open(JavaSparkContext context, TrainingState start, int results, int fanIn) {
    if (results > fanIn) {
      return new BroadcastExchange(context.broadcast(start));
    }
    return context.isLocal() ? ReferenceExchange.open(start) : BlockExchange.open(start);
  }

  /** A contribution on its way. */
  interface Delivery extends Serializable {}

  /** In a task: the state to start from; read only. */
  TrainingState start();

  /** In a task: sends a contribution, which may not be changed any more. */
  Delivery deliver(Contribution contribution);

  /** In a task that sums: what another task sent. */
  Contribution receive(Delivery delivery);

  /**
   * In the driver: what the tasks of the last level sent, in the same order; empty for those that
   * were lost with their executor.
   */
  List<Optional<Contribution>> collect(List<Delivery> deliveries);

  /** In the driver: frees whatever was exchanged. */
  @Override
  void close();
}

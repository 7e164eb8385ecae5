package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How the state that a round starts from gets to the workers, and what they made of it back. The
 * driver opens one for each round and closes it when the round is over; tasks have a copy, which
 * they do not close. Nobody writes the arrays of the state, nor those of a contribution once it is
 * put.
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
  static RoundExchange open(
      JavaSparkContext context, String training, TrainingState start, int results, int fanIn) {
    if (results > fanIn) {
      return new BroadcastExchange(context.broadcast(start));
    }
    return context.isLocal()
        ? ReferenceExchange.open(training, start)
        : BlockExchange.open(context, training, start);
  }

  /** What a task returns through Spark: a contribution, or where it is. */
  sealed interface ResultHandle extends Serializable
      permits ReferenceExchange.LocalReference,
          BlockExchange.BlockReference,
          BroadcastExchange.InlineResult {}

  /** In a task: the state to start from. */
  TrainingState start();

  /** In a task: hands a contribution over; it lasts until the exchange is closed. */
  ResultHandle put(Contribution contribution);

  /** In a task that adds up: what another task put. */
  Contribution get(ResultHandle handle);

  /**
   * In the driver: what the tasks of the last level put, in the same order; empty for those that
   * were lost with their executor.
   */
  List<Optional<Contribution>> collect(List<ResultHandle> handles);

  /** In the driver: frees whatever was exchanged, in all JVMs. */
  @Override
  void close();
}

package io.centroid.average;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.compute.TrainingState;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How the state that a round starts from gets to the workers, and what they made of it to where it
 * is added up. The driver opens one for each round and closes it when the round is over; tasks have
 * a copy, which they do not close. Nobody writes the arrays of the state, nor those of a
 * contribution once it is put, except the sum that it was added to.
 */
sealed interface RoundExchange extends Serializable, AutoCloseable
    permits ReferenceExchange, BlockExchange {

  /**
   * An exchange for one round that starts from {@code start}: by reference within one JVM as long
   * as all results may be held at once, otherwise by blocks.
   *
   * @param results how many there will be
   * @param fanIn how many are added up in one place
   */
  static RoundExchange open(
      JavaSparkContext context, String training, TrainingState start, int results, int fanIn) {
    boolean few = results <= fanIn;
    return context.isLocal() && few
        ? ReferenceExchange.open(training, start)
        : BlockExchange.open(context, training, start, few);
  }

  /** What a task returns through Spark. */
  sealed interface TaskResult extends Serializable permits ResultHandle, LostMembers {}

  /** Where a contribution is. */
  sealed interface ResultHandle extends TaskResult
      permits ReferenceExchange.LocalReference, BlockExchange.BlockReference {}

  /**
   * What a task that adds up returns when it cannot get some of the contributions.
   *
   * @param indices of those, in their level
   * @param reason why the first of them cannot be had, for the log
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  @DefaultSerializer(RecordSerializer.class)
  record LostMembers(int[] indices, String reason) implements TaskResult {}

  /** In a task: the state to start from. */
  TrainingState start();

  /** In a task: hands a contribution over; it lasts until the exchange is closed. */
  ResultHandle put(Contribution contribution);

  /**
   * In the driver, or in a task that adds up: what a task put. It fails when the contribution is
   * lost or damaged, or there is no memory for it.
   */
  CompletableFuture<Contribution> fetch(ResultHandle handle);

  /** In the driver: frees whatever was exchanged, in all JVMs. */
  @Override
  void close();
}

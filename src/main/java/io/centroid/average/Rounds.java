package io.centroid.average;

import io.centroid.deal.WorkerShares;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaSparkContext;

/** How rounds are made. */
interface Rounds extends AutoCloseable {

  /**
   * What rounds are made of.
   *
   * @param training its id
   * @param fanIn how many results are added up in one place
   * @param steps how workers train in an epoch, from 1
   */
  record Training(
      JavaSparkContext context,
      WorkerShares shares,
      String training,
      OuterStep outer,
      int fanIn,
      IntFunction<WorkerSteps> steps) {}

  /**
   * Trains some rounds of an epoch.
   *
   * @param to the round before which it ends, or earlier when {@code listener} says so
   * @param since when the round before ended, by {@link System#nanoTime}: the first one's time is
   *     counted from then on
   * @return the position after the last of them
   * @throws io.centroid.error.JobException when the loss is not finite (category DIVERGED), or a
   *     round cannot be made
   */
  TrainingPosition train(TrainingPosition from, int to, long since, RoundListener listener);

  /** Frees what is held for rounds. */
  @Override
  default void close() {}

  /** The name of a round, counted from 0, for Spark's UI and messages. */
  static String label(int epoch, int round, int rounds) {
    return "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
  }
}

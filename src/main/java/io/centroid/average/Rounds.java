package io.centroid.average;

/** How rounds are made. */
interface Rounds extends AutoCloseable {

  /**
   * Trains some rounds of an epoch.
   *
   * @param to the round before which it ends, or earlier when {@code listener} says so
   * @return the position after the last of them
   * @throws io.centroid.error.JobException when the loss is not finite (category DIVERGED), or a
   *     round cannot be made
   */
  TrainingPosition train(TrainingPosition from, int to, RoundListener listener);

  /** Frees what is held for rounds. */
  @Override
  default void close() {}

  /** The name of a round, counted from 0, for Spark's UI and messages. */
  static String label(int epoch, int round, int rounds) {
    return "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
  }
}

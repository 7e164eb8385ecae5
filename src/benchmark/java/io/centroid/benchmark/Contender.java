package io.centroid.benchmark;

import io.centroid.run.RoundTiming;
import java.util.List;

/** Something that trains, measured in turn with others. */
interface Contender extends AutoCloseable {

  /** What it is called in the table. */
  String name();

  /** Trains for a second or so. */
  Turn turn();

  @Override
  default void close() {}

  /**
   * One turn.
   *
   * @param images images trained on
   * @param seconds how long that took
   * @param rounds where the time of its rounds went, if it knows
   */
  record Turn(long images, double seconds, List<RoundTiming> rounds) {
    double imagesPerSecond() {
      return images / seconds;
    }
  }

  /** A turn without rounds, timed from outside. */
  static Turn timed(long images, Runnable training) {
    long begin = System.nanoTime();
    training.run();
    return new Turn(images, (System.nanoTime() - begin) / 1e9, List.of());
  }
}

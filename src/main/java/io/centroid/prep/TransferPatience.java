package io.centroid.prep;

import java.time.Duration;

/**
 * How long a download waits, and how often it goes on. A server that answers slowly and cuts its
 * answers is worth more patience than one that was never there.
 *
 * @param connect how long a connection may take to come up
 * @param silence how long a server may be silent, before its answer and in it
 * @param firstAttempts attempts until the server answers for the first time
 * @param attempts attempts in a row that bring less than {@code progress}
 * @param progress bytes that count as going on
 * @param firstPause before the second attempt; the pauses double
 * @param longestPause what they grow to
 * @param longestRetryAfter how long a server may ask to be left alone
 * @param slowAfter when it is said what else can be done
 * @param slow the time left that is long enough to say so
 * @param report at least so often a line tells how far it is
 */
record TransferPatience(
    Duration connect,
    Duration silence,
    int firstAttempts,
    int attempts,
    long progress,
    Duration firstPause,
    Duration longestPause,
    Duration longestRetryAfter,
    Duration slowAfter,
    Duration slow,
    Duration report) {

  /** What a person can be asked to wait for. */
  static final TransferPatience USUAL =
      new TransferPatience(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          3,
          8,
          100_000,
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofSeconds(60),
          Duration.ofMinutes(5),
          Duration.ofSeconds(20));

  /** The pause after so many failures in a row. */
  Duration pause(int failures) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, Short.SIZE));
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }

  /** Time, as a download sees it. */
  interface Clock {
    /** The time that passes. */
    Clock REAL =
        new Clock() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pause(Duration pause) throws InterruptedException {
            Thread.sleep(pause.toMillis());
          }
        };

    /** As {@link System#nanoTime}. */
    long nanos();

    /** Lets time pass. */
    void pause(Duration pause) throws InterruptedException;
  }
}

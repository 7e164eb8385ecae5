package io.centroid.job;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.util.SignalUtils;
import scala.runtime.BoxesRunTime;

/**
 * The wish of a scheduler or a user (SIGTERM, SIGINT) that the program ends. Work that can stop at
 * a good place asks for it; where nothing does, the program ends at once with the exit code for
 * "interrupted".
 */
public final class Interruption {
  private static final AtomicBoolean REQUESTED = new AtomicBoolean();
  private static final AtomicBoolean ASKED_FOR = new AtomicBoolean();
  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private Interruption() {}

  /**
   * Handles the signals from now on.
   *
   * @param exitCode of a program that ends at once
   * @param beforeExit what such a program still does
   */
  public static void handle(int exitCode, Runnable beforeExit) {
    for (String signal : new String[] {"TERM", "INT"}) {
      SignalUtils.register(
          signal,
          () -> {
            request(exitCode, beforeExit);
            return BoxesRunTime.boxToBoolean(true);
          });
    }
  }

  private static void request(int exitCode, Runnable beforeExit) {
    if (REQUESTED.getAndSet(true) || !ASKED_FOR.get()) {
      ENDING.set(true);
      // Not on the thread that handles signals: shutdown hooks may wait for another signal.
      new Thread(
              () -> {
                beforeExit.run();
                System.exit(exitCode);
              },
              "interruption")
          .start();
    }
  }

  /** While this is true, {@link #isRequested} is asked from time to time. */
  public static void askedFor(boolean asked) {
    ASKED_FOR.set(asked);
  }

  /** Whether the program should end. */
  public static boolean isRequested() {
    return REQUESTED.get();
  }

  /** Whether the program is ending, so that whatever fails now fails because of that. */
  public static boolean isEnding() {
    return ENDING.get();
  }
}

package io.centroid.job;

import java.time.Duration;

/** What a person may be watching. */
public final class Terminal {
  private Terminal() {}

  /** True when standard input and output are a terminal; then progress bars are drawn. */
  @SuppressWarnings("SystemConsoleNull") // the build asks for JDK 17, where this is the way
  public static boolean isAttached() {
    return System.console() != null;
  }

  /** A text that may hold anything, with blanks for what would control the terminal. */
  public static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  /** A time in one rounded unit, "40 s", "12 min" or "5 h". */
  public static String roughly(Duration time) {
    long seconds = Math.round(time.toMillis() / 1e3);
    if (seconds < 100) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / 60.0);
    return minutes < 100 ? minutes + " min" : Math.round(minutes / 60.0) + " h";
  }
}

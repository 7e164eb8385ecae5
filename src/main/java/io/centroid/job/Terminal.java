package io.centroid.job;

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
}

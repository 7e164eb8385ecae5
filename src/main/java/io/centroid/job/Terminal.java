package io.centroid.job;

/** Whether a person is watching. */
public final class Terminal {
  private Terminal() {}

  /** True when standard input and output are a terminal; then progress bars are drawn. */
  @SuppressWarnings("SystemConsoleNull") // the build asks for JDK 17, where this is the way
  public static boolean isAttached() {
    return System.console() != null;
  }
}

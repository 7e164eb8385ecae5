package io.centroid.error;

/** What a failure says of itself. */
public final class Reason {
  private Reason() {}

  /** The first line that it says something in; the kind of failure where it says nothing. */
  public static String of(Throwable failure) {
    String said = failure.getMessage() == null ? "" : failure.getMessage();
    return said.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse(failure.getClass().getSimpleName());
  }
}

package io.centroid.error;

import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** What a failure says of itself, and of what caused it. */
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

  /** The outermost of a failure and its causes that is of a kind, wherever it was wrapped. */
  public static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> kind) {
    return chain(failure).filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** A failure and its causes, the outermost first, each once. */
  public static Stream<Throwable> chain(Throwable failure) {
    return ExceptionUtils.getThrowableList(failure).stream();
  }
}

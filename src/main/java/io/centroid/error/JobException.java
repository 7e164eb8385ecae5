package io.centroid.error;

/**
 * A failure with a category and one line for the user.
 *
 * <p>Messages have the form "Cannot &lt;verb&gt; &lt;object&gt;: found X, expected Y. &lt;What to
 * do.&gt;".
 */
public final class JobException extends RuntimeException {
  private final FailureCategory category;

  /** Creates a failure; {@code message} is what the user reads. */
  public JobException(FailureCategory category, String message) {
    super(oneLine(message));
    this.category = category;
  }

  /** Creates a failure; {@code message} is what the user reads, the cause goes to the log. */
  public JobException(FailureCategory category, String message, Throwable cause) {
    super(oneLine(message), cause);
    this.category = category;
  }

  /** Messages quote what users gave and files hold, which may be anything; on a terminal not. */
  private static String oneLine(String message) {
    return Secrets.masked(String.valueOf(message).replaceAll("\\p{Cntrl}+", " "));
  }

  /** A failure of category {@link FailureCategory#SETTINGS}. */
  public static JobException settings(String message) {
    return new JobException(FailureCategory.SETTINGS, message);
  }

  /** A failure of category {@link FailureCategory#DATA}. */
  public static JobException data(String message) {
    return new JobException(FailureCategory.DATA, message);
  }

  /** A failure of category {@link FailureCategory#DATA} that something else caused. */
  public static JobException data(String message, Throwable cause) {
    return new JobException(FailureCategory.DATA, message, cause);
  }

  /** What kind of failure this is. */
  public FailureCategory category() {
    return category;
  }
}

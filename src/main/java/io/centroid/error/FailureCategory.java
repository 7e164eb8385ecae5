package io.centroid.error;

/**
 * Why a job failed, as an exit code that schedulers can act on.
 *
 * <p>0 is success (or work that was already done) and has no category.
 */
public enum FailureCategory {
  /** What nobody expected; the log has the stack trace. */
  INTERNAL(1),
  /** Settings or arguments that cannot be used. */
  SETTINGS(2),
  /** Input data, shards or models that are missing, damaged or do not fit. */
  DATA(3),
  /** The training diverged: a loss that is not a finite number. */
  DIVERGED(4),
  /** The gate did not pass a model: it is kept, and not promoted. */
  BLOCKED(5),
  /** Another process is doing the same work. */
  ALREADY_RUNNING(6),
  /** Asked to end before the work was done; running again goes on from there. */
  INTERRUPTED(7),
  /** Memory, disk or executors that do not suffice; a file system or a host that is away. */
  RESOURCES(8);

  private final int exitCode;

  FailureCategory(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The process exit code of this category, 1 to 8. */
  public int exitCode() {
    return exitCode;
  }
}

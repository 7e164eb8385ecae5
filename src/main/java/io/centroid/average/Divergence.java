package io.centroid.average;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;

/** Stops a training whose loss is no longer a number. */
public final class Divergence {
  private Divergence() {}

  /**
   * Checks a loss.
   *
   * @param where the round, for the message
   * @throws JobException with category DIVERGED when the loss is NaN or infinite
   */
  public static void check(double loss, String where) {
    if (!Double.isFinite(loss)) {
      throw new JobException(
          FailureCategory.DIVERGED,
          "Cannot go on training: found loss %s in %s, expected a finite number. Lower"
                  .formatted(loss, where)
              + " training.learning-rate, or prepare with another prepare.normalization.");
    }
  }
}

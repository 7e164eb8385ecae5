package io.centroid.average;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;

/** Stops a training whose loss is no longer a number. */
public final class Divergence {
  private static final String ADVICE =
      " Lower training.learning-rate, or prepare with another prepare.normalization.";

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
          "Cannot go on training: found loss %s in %s, expected a finite number."
                  .formatted(loss, where)
              + ADVICE);
    }
  }

  /**
   * Checks what an epoch ended with: its last steps' losses were measured before they moved the
   * parameters.
   *
   * @throws JobException with category DIVERGED when a parameter, or its moving average, is NaN or
   *     infinite
   */
  public static void check(AveragingState state, int epoch) {
    if (!isFinite(state.training().parameters()) || !isFinite(state.movingAverage())) {
      throw new JobException(
          FailureCategory.DIVERGED,
          "Cannot go on training: found parameters that are NaN or infinite after epoch %d, expected finite ones."
                  .formatted(epoch)
              + ADVICE);
    }
  }

  private static boolean isFinite(float[] values) {
    float zero = 0;
    for (float value : values) {
      zero += value * 0; // NaN of what is not finite
    }
    return zero == 0;
  }
}

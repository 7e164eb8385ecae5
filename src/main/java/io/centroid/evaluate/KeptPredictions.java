package io.centroid.evaluate;

import io.centroid.example.SplitMix;
import java.io.Serializable;

/**
 * Of which test examples predictions are kept: of all, up to a million; of more about as many, the
 * same ones for every model, chosen by a hash of their ids. They go through the driver.
 *
 * @param examples how many test examples there are
 */
record KeptPredictions(long examples) implements Serializable {
  private static final long MOST = 1_000_000;
  private static final long SALT = 0x7072656469637473L;
  private static final int MANTISSA = 53;

  /** Whether that of an example is kept. */
  boolean has(long id) {
    if (examples <= MOST) {
      return true;
    }
    double uniform = (SplitMix.mix(SALT ^ id) >>> (Long.SIZE - MANTISSA)) * 0x1p-53;
    return uniform * examples < MOST;
  }
}

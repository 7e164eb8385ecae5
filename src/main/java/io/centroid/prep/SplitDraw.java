package io.centroid.prep;

import io.centroid.data.Split;
import io.centroid.example.SplitMix;
import java.io.Serializable;
import java.util.Set;

/**
 * Draws the splits that a source does not have itself from its training split, example by example:
 * a function of (seed, id) alone. Of n examples of a class, f·n ± 3·√(f·(1 − f)·n) get into a split
 * of share f in 997 of 1,000 cases.
 *
 * @param seed the preparation's
 * @param testFraction share of the examples that becomes the test split; 0 where the source has one
 * @param validationFraction share of the others that becomes the validation split; 0 where the
 *     source has one
 */
record SplitDraw(long seed, double testFraction, double validationFraction)
    implements Serializable {
  private static final long SALT = 0x73706c6974736974L;
  private static final int MANTISSA = 53;

  static SplitDraw of(
      Set<Split> ofSource, long seed, double testFraction, double validationFraction) {
    return new SplitDraw(
        seed,
        ofSource.contains(Split.TEST) ? 0 : testFraction,
        ofSource.contains(Split.VALIDATION) ? 0 : validationFraction);
  }

  /** The split of an example that its source has in {@code ofSource}. */
  Split split(long id, Split ofSource) {
    if (ofSource != Split.TRAIN) {
      return ofSource;
    }
    long random = SplitMix.mix(SplitMix.mix(seed ^ SALT) ^ id);
    double uniform = (random >>> (Long.SIZE - MANTISSA)) * 0x1p-53;
    if (uniform < testFraction) {
      return Split.TEST;
    }
    return (uniform - testFraction) / (1 - testFraction) < validationFraction
        ? Split.VALIDATION
        : Split.TRAIN;
  }
}

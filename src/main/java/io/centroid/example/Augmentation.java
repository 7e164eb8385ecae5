package io.centroid.example;

import io.centroid.config.AugmentationSettings;
import io.centroid.data.FeatureShape;
import java.io.Serializable;

/**
 * Augmentation of images as a pure function of seed, epoch and example: the same on every run,
 * executor and retry.
 *
 * @param settings what is done
 * @param stream a seed for the epoch
 */
public record Augmentation(AugmentationSettings settings, long stream) implements Serializable {
  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(AugmentationSettings.NONE, 0);

  private static final long SALT = 0x6175676d656e7473L;
  private static final int DRAW_BITS = 24;

  /** The augmentation of one epoch. */
  public static Augmentation of(AugmentationSettings settings, long seed, int epoch) {
    return new Augmentation(settings, SplitMix.mix(SplitMix.mix(seed ^ SALT) ^ epoch));
  }

  /** Whether images stay as they are. */
  boolean isNone() {
    return settings.equals(AugmentationSettings.NONE);
  }

  /**
   * Augments one image.
   *
   * @param id the example's
   * @param pixels HWC order, image after image
   * @param from where the image starts
   * @param augmented gets the image
   * @param shape of an image
   */
  void apply(long id, byte[] pixels, int from, byte[] augmented, FeatureShape shape) {
    int height = shape.height();
    int width = shape.width();
    int channels = shape.channels();
    int rowValues = width * channels;
    long random = SplitMix.mix(stream ^ SplitMix.mix(id));
    boolean mirrored = settings.flip() && (random & 1) == 1;
    int down = offset(random >>> 1);
    int right = offset(random >>> (1 + DRAW_BITS));
    for (int y = 0; y < height; y++) {
      int row = from + reflected(y + down, height) * rowValues;
      if (!mirrored && right == 0) {
        System.arraycopy(pixels, row, augmented, y * rowValues, rowValues);
        continue;
      }
      for (int x = 0; x < width; x++) {
        int column = reflected(x + right, width);
        int source = row + (mirrored ? width - 1 - column : column) * channels;
        int target = y * rowValues + x * channels;
        for (int channel = 0; channel < channels; channel++) {
          augmented[target + channel] = pixels[source + channel];
        }
      }
    }
  }

  /** From -p to p, from the low bits of a random word. */
  private int offset(long random) {
    long uniform = random & ((1L << DRAW_BITS) - 1);
    int places = 2 * settings.cropPadding() + 1;
    return (int) ((uniform * places) >> DRAW_BITS) - settings.cropPadding();
  }

  /** Reflection at the first and the last pixel, which are not repeated. */
  private static int reflected(int i, int size) {
    return i < 0 ? -i : i < size ? i : 2 * (size - 1) - i;
  }
}

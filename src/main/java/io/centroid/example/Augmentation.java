package io.centroid.example;

import io.centroid.config.AugmentationSettings;
import io.centroid.data.Cifar10;
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
  private static final int ROW = Cifar10.WIDTH * Cifar10.CHANNELS;
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
   * @param augmented {@code byte[3072]}, gets the image
   */
  void apply(long id, byte[] pixels, int from, byte[] augmented) {
    long random = SplitMix.mix(stream ^ SplitMix.mix(id));
    boolean mirrored = settings.flip() && (random & 1) == 1;
    int down = offset(random >>> 1);
    int right = offset(random >>> (1 + DRAW_BITS));
    for (int y = 0; y < Cifar10.HEIGHT; y++) {
      int row = from + reflected(y + down, Cifar10.HEIGHT) * ROW;
      if (!mirrored && right == 0) {
        System.arraycopy(pixels, row, augmented, y * ROW, ROW);
        continue;
      }
      for (int x = 0; x < Cifar10.WIDTH; x++) {
        int column = reflected(x + right, Cifar10.WIDTH);
        int source = row + (mirrored ? Cifar10.WIDTH - 1 - column : column) * Cifar10.CHANNELS;
        int target = y * ROW + x * Cifar10.CHANNELS;
        augmented[target] = pixels[source];
        augmented[target + 1] = pixels[source + 1];
        augmented[target + 2] = pixels[source + 2];
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

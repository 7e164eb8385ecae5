package io.centroid.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.config.AugmentationSettings;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AugmentationTest {
  private static final int SIZE = 32;
  private static final int IMAGES = 4000;
  private static final int FROM = 5;
  private static final byte[] PIXELS = pixels();

  /** An independent way to say what a crop is: pad the whole image first, then cut. */
  @Test
  void everyImageIsAWindowOfThePaddedImageMirroredOrNot() {
    int padding = 4;
    int[][][] padded = padded(padding);
    Augmentation augmentation = augmentation(true, padding, 1);
    int mirrored = 0;
    int[] downs = new int[2 * padding + 1];
    int[] rights = new int[2 * padding + 1];
    for (int id = 0; id < IMAGES; id++) {
      int[] found = find(augmented(augmentation, id), padded, padding);
      assertThat(found).as("image %d", id).isNotNull();
      downs[found[0]]++;
      rights[found[1]]++;
      mirrored += found[2];
    }
    // Each count is binomial: five standard deviations about its mean.
    double sd = Math.sqrt(IMAGES / 9.0 * 8 / 9);
    for (int place = 0; place < downs.length; place++) {
      assertThat((double) downs[place]).isBetween(IMAGES / 9.0 - 5 * sd, IMAGES / 9.0 + 5 * sd);
      assertThat((double) rights[place]).isBetween(IMAGES / 9.0 - 5 * sd, IMAGES / 9.0 + 5 * sd);
    }
    assertThat((double) mirrored)
        .isBetween(
            IMAGES / 2.0 - 5 * Math.sqrt(IMAGES / 4.0), IMAGES / 2.0 + 5 * Math.sqrt(IMAGES / 4.0));
  }

  @Test
  void theLargestPaddingStaysInsideTheMirrorImage() {
    Augmentation augmentation = augmentation(false, SIZE - 1, 1);
    int[][][] padded = padded(SIZE - 1);
    for (int id = 0; id < 200; id++) {
      assertThat(find(augmented(augmentation, id), padded, SIZE - 1)).isNotNull();
    }
  }

  @Test
  void isAFunctionOfSeedEpochAndExample() {
    AugmentationSettings settings = new AugmentationSettings(true, 4);
    byte[] first = augmented(Augmentation.of(settings, 1, 1), 17);
    assertThat(augmented(Augmentation.of(settings, 1, 1), 17)).isEqualTo(first);
    Set<String> others = new HashSet<>();
    for (int epoch = 1; epoch <= 20; epoch++) {
      others.add(Arrays.toString(augmented(Augmentation.of(settings, 1, epoch), 17)));
    }
    assertThat(others).as("epochs differ").hasSizeGreaterThan(15);
    Set<String> seeds = new HashSet<>();
    for (int seed = 1; seed <= 20; seed++) {
      seeds.add(Arrays.toString(augmented(Augmentation.of(settings, seed, 1), 17)));
    }
    assertThat(seeds).as("seeds differ").hasSizeGreaterThan(15);
  }

  private static Augmentation augmentation(boolean flip, int padding, int epoch) {
    return Augmentation.of(new AugmentationSettings(flip, padding), 7, epoch);
  }

  private static byte[] augmented(Augmentation augmentation, long id) {
    byte[] image = new byte[Cifar10.FEATURES];
    augmentation.apply(id, PIXELS, FROM, image, Cifar10.DATA_SET.shape());
    return image;
  }

  /** Where a window lies: rows down, columns right, and 1 when mirrored; null when nowhere. */
  private static int[] find(byte[] image, int[][][] padded, int padding) {
    for (int mirrored = 0; mirrored <= 1; mirrored++) {
      for (int down = 0; down <= 2 * padding; down++) {
        for (int right = 0; right <= 2 * padding; right++) {
          if (isWindow(image, padded, down, right, mirrored == 1)) {
            return new int[] {down, right, mirrored};
          }
        }
      }
    }
    return null;
  }

  private static boolean isWindow(
      byte[] image, int[][][] padded, int down, int right, boolean mirrored) {
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        // Mirroring the padded image left to right and cutting there.
        int column = mirrored ? padded[0].length - 1 - (x + right) : x + right;
        for (int c = 0; c < 3; c++) {
          if ((image[(y * SIZE + x) * 3 + c] & 0xff) != padded[y + down][column][c]) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static int[][][] padded(int padding) {
    int size = SIZE + 2 * padding;
    int[][][] padded = new int[size][size][3];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        for (int c = 0; c < 3; c++) {
          int from = FROM + (mirror(y - padding) * SIZE + mirror(x - padding)) * 3 + c;
          padded[y][x][c] = PIXELS[from] & 0xff;
        }
      }
    }
    return padded;
  }

  /** 3 2 1 | 0 1 2 … 31 | 30 29 28. */
  private static int mirror(int i) {
    int period = 2 * (SIZE - 1);
    int within = Math.floorMod(i, period);
    return Math.min(within, period - within);
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[FROM + Cifar10.FEATURES];
    new SplittableRandom(1).nextBytes(pixels);
    return pixels;
  }
}

package io.centroid.data;

import java.util.List;

/**
 * The constants of the CIFAR-10 data set.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 data set</a>
 */
public final class Cifar10 {
  /** Rows of an image. */
  public static final int HEIGHT = 32;

  /** Columns of an image. */
  public static final int WIDTH = 32;

  /** Colour channels of an image: red, green, blue. */
  public static final int CHANNELS = 3;

  /** Pixels of one channel: 1024. */
  public static final int PLANE = HEIGHT * WIDTH;

  /** Values of an image, 3072: the length of a pixel array and of a feature array. */
  public static final int FEATURES = PLANE * CHANNELS;

  /** Classes. */
  public static final int CLASSES = 10;

  /** Images in one batch file. */
  public static final int BATCH_IMAGES = 10_000;

  /** Images in the five official training batches; the first test image has this id. */
  public static final int TRAINING_IMAGES = 50_000;

  /** Images in the official test batch. */
  public static final int TEST_IMAGES = 10_000;

  /** Class names in label order. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar10() {}

  /**
   * Makes sure that something is said of this data set, or of its stand-in.
   *
   * @param title of the data set
   * @param classNames in label order
   * @param shape height, width, channels
   * @throws IllegalArgumentException when it is of another one
   */
  public static void requireFit(String title, List<String> classNames, List<Integer> shape) {
    if (!DataSetName.isTitle(title)
        || !classNames.equals(CLASS_NAMES)
        || !shape.equals(List.of(HEIGHT, WIDTH, CHANNELS))) {
      throw new IllegalArgumentException("another data set than CIFAR-10");
    }
  }
}

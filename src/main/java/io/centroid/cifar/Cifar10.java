package io.centroid.cifar;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import java.util.List;

/**
 * The constants of the CIFAR-10 data set, for what reads its own files.
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

  /** Images in the five official training batches; the first test image has this id. */
  public static final int TRAINING_IMAGES = 50_000;

  /** Images in the official test batch. */
  public static final int TEST_IMAGES = 10_000;

  /** Class names in label order. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** As everything but the readers of its own files knows it. */
  public static final DataSet DATA_SET =
      new DataSet("CIFAR-10", FeatureShape.picture(HEIGHT, WIDTH, CHANNELS), CLASS_NAMES);

  private Cifar10() {}
}

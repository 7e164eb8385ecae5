package io.centroid.cifar;

import static io.centroid.cifar.Cifar10.CHANNELS;
import static io.centroid.cifar.Cifar10.CLASSES;
import static io.centroid.cifar.Cifar10.FEATURES;
import static io.centroid.cifar.Cifar10.HEIGHT;
import static io.centroid.cifar.Cifar10.WIDTH;

import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generated images in place of CIFAR-10, for machines that have no copy of it. They are a stand-in
 * to try the programs with: what is measured on them says nothing about CIFAR-10.
 *
 * <p>Every class has a few colour patterns of soft blobs. An image is one of its class's patterns,
 * moved and perhaps mirrored, with a pattern of any class showing through, under random light,
 * contrast and noise. A dense network can tell many of them, but not all.
 *
 * <p>The same seed and counts give the same bytes everywhere: only integer arithmetic and the basic
 * operations on {@code float}, which Java defines to the bit, are used.
 */
public final class StandInImages implements ImageSource {
  /** What people read on the console and in every file made from the images. */
  public static final String TITLE = "stand-in data, not CIFAR-10";

  // Chosen by trial so that 3072-200-150-10 with Adam reaches about 60 % in ten epochs.
  private static final int PATTERNS_PER_CLASS = 4;
  private static final int BLOBS = 5;
  private static final float BLOB_RADIUS_MINIMUM = 6;
  private static final float BLOB_RADIUS_RANGE = 10;
  private static final int SHIFT_MAXIMUM = 3;

  /** How much of the other pattern shows through. */
  private static final float MIX_MINIMUM = 0.33f;

  private static final float MIX_RANGE = 0.3f;
  private static final float CONTRAST_MINIMUM = 25;
  private static final float CONTRAST_RANGE = 50;
  private static final float BRIGHTNESS_MINIMUM = 88;
  private static final float BRIGHTNESS_RANGE = 80;

  /** The standard deviation of the pixel noise. */
  private static final float NOISE = 12;

  /** The standard deviation of the difference of two random bytes. */
  private static final float BYTE_DIFFERENCE = 104.5f;

  private final long seed;
  private final int trainingImages;
  private final int testImages;

  /**
   * A data set that is fully determined by its arguments.
   *
   * @param seed decides the patterns and everything random
   * @param trainingImages a multiple of 10; every class has the same number
   * @param testImages a multiple of 10; every class has the same number
   */
  public StandInImages(long seed, int trainingImages, int testImages) {
    this.seed = seed;
    this.trainingImages = requireBalanced(trainingImages);
    this.testImages = requireBalanced(testImages);
  }

  private static int requireBalanced(int images) {
    if (images <= 0 || images % CLASSES != 0) {
      throw new IllegalArgumentException(
          images + " images cannot be split evenly over the classes");
    }
    return images;
  }

  @Override
  public DataSet dataSet() {
    return new DataSet(TITLE, Cifar10.DATA_SET.shape(), Cifar10.CLASS_NAMES);
  }

  @Override
  public int trainingImages() {
    return trainingImages;
  }

  @Override
  public int testImages() {
    return testImages;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    float[][][] patterns = patterns(random.split());
    // Apart, so that the test images do not depend on the number of training images.
    SplittableRandom training = random.split();
    SplittableRandom test = random.split();
    generate(patterns, training, 0, trainingImages, consumer);
    generate(patterns, test, trainingImages, testImages, consumer);
    return List.of();
  }

  private static void generate(
      float[][][] patterns,
      SplittableRandom random,
      int firstId,
      int images,
      ImageConsumer consumer)
      throws IOException {
    int[] labels = shuffledLabels(random, images);
    float[] scene = new float[FEATURES];
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < images; i++) {
      float mix = MIX_MINIMUM + MIX_RANGE * unit(random);
      float contrast = CONTRAST_MINIMUM + CONTRAST_RANGE * unit(random);
      float brightness = BRIGHTNESS_MINIMUM + BRIGHTNESS_RANGE * unit(random);
      Arrays.fill(scene, brightness);
      add(scene, any(patterns[labels[i]], random), contrast * (1 - mix), random);
      add(scene, any(patterns[random.nextInt(CLASSES)], random), contrast * mix, random);
      expose(scene, random, pixels);
      consumer.accept(new LabeledImage(firstId + i, labels[i], pixels));
    }
  }

  /** As many of every class, in random order (Fisher and Yates). */
  private static int[] shuffledLabels(SplittableRandom random, int images) {
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      int j = random.nextInt(i + 1);
      labels[i] = labels[j];
      labels[j] = i % CLASSES;
    }
    return labels;
  }

  private static float[][][] patterns(SplittableRandom random) {
    float[][][] patterns = new float[CLASSES][PATTERNS_PER_CLASS][];
    for (float[][] ofClass : patterns) {
      for (int i = 0; i < PATTERNS_PER_CLASS; i++) {
        ofClass[i] = pattern(random);
      }
    }
    return patterns;
  }

  /** Soft blobs of random place, size and colour on a torus: values around 0. */
  private static float[] pattern(SplittableRandom random) {
    float[] pattern = new float[FEATURES];
    for (int blob = 0; blob < BLOBS; blob++) {
      float centreY = HEIGHT * unit(random);
      float centreX = WIDTH * unit(random);
      float radius = BLOB_RADIUS_MINIMUM + BLOB_RADIUS_RANGE * unit(random);
      float[] colour = {signed(random), signed(random), signed(random)};
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          float dy = around(y - centreY, HEIGHT);
          float dx = around(x - centreX, WIDTH);
          float nearness = Math.max(0, 1 - (dy * dy + dx * dx) / (radius * radius));
          for (int channel = 0; channel < CHANNELS; channel++) {
            pattern[(y * WIDTH + x) * CHANNELS + channel] += colour[channel] * nearness * nearness;
          }
        }
      }
    }
    return scaled(pattern);
  }

  /** Makes every pattern as strong as any other: a root mean square of 1. */
  private static float[] scaled(float[] pattern) {
    double squares = 0;
    for (float value : pattern) {
      squares += value * value;
    }
    float scale = (float) (1 / Math.sqrt(squares / FEATURES));
    for (int i = 0; i < FEATURES; i++) {
      pattern[i] *= scale;
    }
    return pattern;
  }

  /** A distance on a circle. */
  private static float around(float distance, int circumference) {
    float direct = Math.abs(distance);
    return Math.min(direct, circumference - direct);
  }

  private static float[] any(float[][] patterns, SplittableRandom random) {
    return patterns[random.nextInt(patterns.length)];
  }

  /** Adds a pattern, moved by some pixels and every other time mirrored. */
  private static void add(float[] scene, float[] pattern, float weight, SplittableRandom random) {
    int down = random.nextInt(2 * SHIFT_MAXIMUM + 1) - SHIFT_MAXIMUM;
    int right = random.nextInt(2 * SHIFT_MAXIMUM + 1) - SHIFT_MAXIMUM;
    int mirror = random.nextInt(2) * (WIDTH - 1);
    for (int y = 0, out = 0; y < HEIGHT; y++) {
      int row = Math.floorMod(y - down, HEIGHT) * WIDTH;
      for (int x = 0; x < WIDTH; x++) {
        // WIDTH - 1 is all ones, so that the exclusive or counts columns from the right.
        int in = (row + (((x - right) & (WIDTH - 1)) ^ mirror)) * CHANNELS;
        scene[out++] += weight * pattern[in];
        scene[out++] += weight * pattern[in + 1];
        scene[out++] += weight * pattern[in + 2];
      }
    }
  }

  /**
   * Adds noise (the difference of two uniform numbers: a triangle around 0) and rounds to bytes.
   */
  private static void expose(float[] scene, SplittableRandom random, byte[] pixels) {
    for (int i = 0; i < FEATURES; i += 4) {
      long bits = random.nextLong();
      for (int j = i; j < i + 4; j++, bits >>>= 16) {
        int noise = (int) (bits & 0xff) - (int) (bits >>> 8 & 0xff);
        float value = scene[j] + noise * (NOISE / BYTE_DIFFERENCE);
        pixels[j] = (byte) Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }

  /** Uniform in 0 to 1: 24 random bits, as many as a float holds. */
  private static float unit(SplittableRandom random) {
    return (random.nextInt() >>> 8) * 0x1p-24f;
  }

  /** Uniform in -1 to 1. */
  private static float signed(SplittableRandom random) {
    return 2 * unit(random) - 1;
  }
}

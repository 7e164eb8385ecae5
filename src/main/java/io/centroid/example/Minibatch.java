package io.centroid.example;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The examples of one step, each where it lies in its block: features become floats on their way to
 * where the step computes, and nothing is copied before. Filled anew for every step.
 */
public final class Minibatch {
  private final int featureCount;
  private final int labelCount;
  private final FeatureCoding coding;
  private final Augmentation augmentation;
  private final float[] example;
  private final byte[] augmented;
  private final long[] ids;
  private final float[] weights;
  private final byte[][] features;
  private final int[] featuresFrom;
  private final float[][] labels;
  private final int[] labelsFrom;
  private int size;

  /** An empty minibatch of examples as they are. */
  public Minibatch(int capacity, ExampleShape shape) {
    this(capacity, shape, Augmentation.NONE);
  }

  /**
   * An empty minibatch.
   *
   * @param capacity the most examples it will hold
   * @param shape the shape of every example
   * @param augmentation applied to the features, which are images coded as pixels then
   */
  public Minibatch(int capacity, ExampleShape shape, Augmentation augmentation) {
    this.featureCount = shape.featureCount();
    this.labelCount = shape.labelCount();
    this.coding = shape.coding();
    this.augmentation = augmentation;
    this.example = new float[featureCount];
    this.augmented = new byte[augmentation.isNone() ? 0 : featureCount];
    this.ids = new long[capacity];
    this.weights = new float[capacity];
    this.features = new byte[capacity][];
    this.featuresFrom = new int[capacity];
    this.labels = new float[capacity][];
    this.labelsFrom = new int[capacity];
  }

  /** Forgets its examples. */
  public void clear() {
    size = 0;
  }

  /** Adds an example that counts like the others. */
  public void add(long id, byte[] features, int featuresFrom, float[] labels, int labelsFrom) {
    add(id, 1, features, featuresFrom, labels, labelsFrom);
  }

  /**
   * Adds an example.
   *
   * @param id decides how it is augmented
   * @param weight how much it counts, above 0
   * @param features coded as the shape says
   * @param featuresFrom where its features start in {@code features}
   * @param labelsFrom where its labels start in {@code labels}
   */
  public void add(
      long id, float weight, byte[] features, int featuresFrom, float[] labels, int labelsFrom) {
    this.ids[size] = id;
    this.weights[size] = weight;
    this.features[size] = features;
    this.featuresFrom[size] = featuresFrom;
    this.labels[size] = labels;
    this.labelsFrom[size] = labelsFrom;
    size++;
  }

  /** How many examples there are. */
  public int size() {
    return size;
  }

  /** The sum of the weights: the number of examples, where each is 1. */
  public double weight() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i];
    }
    return sum;
  }

  /**
   * Copies the weights, scaled so that their mean is 1: the mean of the losses times these is the
   * weighted mean of the losses.
   *
   * @return whether any of them is not 1
   */
  public boolean copyWeights(float[] target) {
    double scale = size / weight();
    boolean any = false;
    for (int i = 0; i < size; i++) {
      target[i] = (float) (weights[i] * scale);
      any |= target[i] != 1;
    }
    return any;
  }

  /** Which examples there are. */
  public Coverage coverage() {
    return Coverage.of(ids, size);
  }

  /** How the features are coded. */
  public FeatureCoding coding() {
    return coding;
  }

  /** Copies the features, example after example, to native memory. */
  public void copyFeatures(FloatPointer target) {
    for (int i = 0; i < size; i++) {
      decode(i, example, 0);
      target.position((long) i * featureCount).put(example, 0, featureCount);
    }
    target.position(0);
  }

  /** Copies the features as they are coded, example after example, to native memory. */
  public void copyCoded(BytePointer target) {
    int bytes = featureCount * coding.bytesPerValue();
    for (int i = 0; i < size; i++) {
      target.position((long) i * bytes).put(coded(i), codedFrom(i), bytes);
    }
    target.position(0);
  }

  /** Copies the features, example after example. */
  public void copyFeatures(float[] target) {
    for (int i = 0; i < size; i++) {
      decode(i, target, i * featureCount);
    }
  }

  /** Copies the labels, example after example. */
  public void copyLabels(float[] target) {
    for (int i = 0; i < size; i++) {
      System.arraycopy(labels[i], labelsFrom[i], target, i * labelCount, labelCount);
    }
  }

  private void decode(int i, float[] target, int at) {
    coding.decode(coded(i), codedFrom(i), target, at, featureCount);
  }

  /** Where the features of example number {@code i} are, augmented if they are to be. */
  private byte[] coded(int i) {
    if (augmentation.isNone()) {
      return features[i];
    }
    augmentation.apply(
        ids[i], features[i], featuresFrom[i], augmented, ((PixelCoding) coding).shape());
    return augmented;
  }

  private int codedFrom(int i) {
    return augmentation.isNone() ? featuresFrom[i] : 0;
  }
}

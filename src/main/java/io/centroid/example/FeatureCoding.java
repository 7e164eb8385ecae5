package io.centroid.example;

import java.io.Serializable;

/**
 * How features are kept in memory: as bytes, which become floats while a minibatch is filled. An
 * image of CIFAR-10 takes 3 kB as pixels and 12 kB as floats.
 */
public sealed interface FeatureCoding extends Serializable permits FloatCoding, PixelCoding {
  /** Floats as they are, for any data. */
  FloatCoding FLOATS = new FloatCoding();

  /** Bytes that one value takes. */
  int bytesPerValue();

  /**
   * What the bytes, as numbers from 0 to 255, are multiplied by to become features; 0 where
   * features are anything else.
   */
  float pixelScale();

  /**
   * Restores the features of one example exactly.
   *
   * @param coded bytes of one or more examples
   * @param from where this example's bytes start
   * @param features gets them
   * @param at where they go in {@code features}
   * @param count how many values there are
   */
  void decode(byte[] coded, int from, float[] features, int at, int count);
}

package io.centroid.example;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import java.io.Serializable;

/**
 * How features are kept in memory: as bytes, which become floats while a minibatch is filled. An
 * image of CIFAR-10 takes 3 kB as pixels and 12 kB as floats.
 */
public sealed interface FeatureCoding extends Serializable
    permits ColumnCoding, FloatCoding, PixelCoding {
  /** Floats as they are, for any data. */
  FloatCoding FLOATS = new FloatCoding();

  /** That of a data set whose features were normalized in some way. */
  static FeatureCoding of(
      FeatureShape shape, Normalization normalization, ChannelStatistics statistics) {
    return shape.isPicture()
        ? new PixelCoding(new Normalizer(normalization, statistics), shape)
        : ColumnCoding.of(normalization, statistics);
  }

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

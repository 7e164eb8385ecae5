package io.centroid.example;

import io.centroid.data.FeatureShape;
import io.centroid.data.Normalizer;

/**
 * The pixels that features were made from.
 *
 * @param normalizer how they were made
 * @param shape of an example: how its pixels are arranged
 */
public record PixelCoding(Normalizer normalizer, FeatureShape shape) implements FeatureCoding {
  @Override
  public int bytesPerValue() {
    return 1;
  }

  @Override
  public float pixelScale() {
    return normalizer.scale();
  }

  @Override
  public void decode(byte[] coded, int from, float[] features, int at, int count) {
    normalizer.apply(coded, from, features, at, count);
  }
}

package io.centroid.example;

import io.centroid.data.Normalizer;

/**
 * The pixels that features were made from.
 *
 * @param normalizer how they were made
 */
public record PixelCoding(Normalizer normalizer) implements FeatureCoding {
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
    normalizer.apply(coded, from, features, at);
  }
}

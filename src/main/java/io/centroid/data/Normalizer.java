package io.centroid.data;

import java.io.Serializable;

/** Turns pixels into features by a table of 256 values for each channel. */
public final class Normalizer implements Serializable {
  private static final int LEVELS = 256;
  private static final double FULL_SCALE = 255;

  private final float[] table = new float[Cifar10.CHANNELS * LEVELS];

  /**
   * A normalizer.
   *
   * @param statistics of the training split; used by {@link Normalization#STANDARDIZE} only. A
   *     channel without deviation is only centred
   */
  public Normalizer(Normalization normalization, ChannelStatistics statistics) {
    for (int channel = 0; channel < Cifar10.CHANNELS; channel++) {
      double mean = statistics.mean().get(channel);
      double deviation = statistics.deviation().get(channel);
      double divisor = deviation == 0 ? 1 : deviation;
      for (int pixel = 0; pixel < LEVELS; pixel++) {
        table[channel * LEVELS + pixel] =
            (float)
                switch (normalization) {
                  case UNIT -> pixel / FULL_SCALE;
                  case STANDARDIZE -> (pixel / FULL_SCALE - mean) / divisor;
                  case NONE -> pixel;
                };
      }
    }
  }

  /**
   * Normalizes one image.
   *
   * @param pixels {@code byte[3072]}, unsigned, HWC order
   * @param features {@code float[3072]}, filled in the same order
   */
  public void apply(byte[] pixels, float[] features) {
    for (int i = 0; i < Cifar10.FEATURES; i += Cifar10.CHANNELS) {
      features[i] = table[pixels[i] & 0xff];
      features[i + 1] = table[LEVELS + (pixels[i + 1] & 0xff)];
      features[i + 2] = table[2 * LEVELS + (pixels[i + 2] & 0xff)];
    }
  }
}

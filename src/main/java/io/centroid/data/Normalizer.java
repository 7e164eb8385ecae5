package io.centroid.data;

import java.io.Serializable;
import java.util.Arrays;

/** Turns pixels into features by a table of 256 values for each channel. */
public final class Normalizer implements Serializable {
  private static final int LEVELS = 256;
  private static final double FULL_SCALE = 255;

  private final int channels;
  private final float[] table;
  private final float scale;

  /**
   * A normalizer.
   *
   * @param statistics of the training split, for each channel; their values are used by {@link
   *     Normalization#STANDARDIZE} only. A channel without deviation is only centred
   */
  public Normalizer(Normalization normalization, ChannelStatistics statistics) {
    channels = statistics.mean().size();
    table = new float[channels * LEVELS];
    scale =
        switch (normalization) {
          case UNIT -> (float) (1 / FULL_SCALE);
          case STANDARDIZE -> 0;
          case NONE -> 1;
        };
    for (int channel = 0; channel < channels; channel++) {
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

  /** How many channels there are. */
  public int channels() {
    return channels;
  }

  /** The factor between pixels and features, to rounding; 0 when there is more than a factor. */
  public float scale() {
    return scale;
  }

  /**
   * Normalizes one image.
   *
   * @param pixels unsigned, HWC order
   * @param features filled in the same order
   */
  public void apply(byte[] pixels, float[] features) {
    apply(pixels, 0, features, 0, pixels.length);
  }

  /**
   * Normalizes one image of several.
   *
   * @param pixels unsigned, HWC order, image after image
   * @param from where the image starts in {@code pixels}
   * @param at where its features go in {@code features}
   * @param count values of an image
   */
  public void apply(byte[] pixels, int from, float[] features, int at, int count) {
    for (int channel = 0; channel < channels; channel++) {
      int begin = channel * LEVELS;
      for (int i = channel; i < count; i += channels) {
        features[at + i] = table[begin + (pixels[from + i] & 0xff)];
      }
    }
  }

  /**
   * The feature that a pixel becomes.
   *
   * @param pixel 0 to 255
   */
  public float feature(int channel, int pixel) {
    return table[channel * LEVELS + pixel];
  }

  /** The pixel, 0 to 255, that a feature was made from; −1 when this makes no such feature. */
  public int pixel(int channel, float feature) {
    float smallest = feature(channel, 0);
    float largest = feature(channel, LEVELS - 1);
    int pixel = Math.round((feature - smallest) / (largest - smallest) * (LEVELS - 1));
    return pixel >= 0 && pixel < LEVELS && feature(channel, pixel) == feature ? pixel : -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Normalizer that && Arrays.equals(table, that.table);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(table);
  }
}

package io.centroid.data;

import java.io.Serializable;

/** For each image and channel, the sum of its pixels and of their squares: exact integers. */
public final class ChannelSums implements Serializable {
  private static final long serialVersionUID = 1;

  private final int channels;
  private final int plane;
  private final long[] sums;
  private final long[] sumsOfSquares;

  /** Room for {@code images} images. */
  public ChannelSums(int images, FeatureShape shape) {
    channels = shape.channels();
    plane = shape.count() / channels;
    sums = new long[images * channels];
    sumsOfSquares = new long[images * channels];
  }

  /** Measures an image; {@code pixels} are in HWC order. */
  public void measure(int image, byte[] pixels) {
    for (int channel = 0; channel < channels; channel++) {
      long sum = 0;
      long squares = 0;
      for (int i = channel; i < pixels.length; i += channels) {
        int pixel = pixels[i] & 0xff;
        sum += pixel;
        squares += (long) pixel * pixel;
      }
      sums[image * channels + channel] = sum;
      sumsOfSquares[image * channels + channel] = squares;
    }
  }

  /** An accumulator for the channels of these images. */
  public ChannelStatistics.Accumulator accumulator() {
    return new ChannelStatistics.Accumulator(channels);
  }

  /** Adds what one image came to. */
  public void addTo(ChannelStatistics.Accumulator accumulator, int image) {
    for (int channel = 0; channel < channels; channel++) {
      accumulator.add(
          channel,
          plane,
          sums[image * channels + channel],
          sumsOfSquares[image * channels + channel]);
    }
  }
}

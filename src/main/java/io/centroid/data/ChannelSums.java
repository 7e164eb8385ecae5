package io.centroid.data;

/** For each image and channel, the sum of its 1024 pixels and of their squares: exact integers. */
public final class ChannelSums {
  private final int[] sums;
  private final int[] sumsOfSquares;

  /** Room for {@code images} images. */
  public ChannelSums(int images) {
    sums = new int[images * Cifar10.CHANNELS];
    sumsOfSquares = new int[images * Cifar10.CHANNELS];
  }

  /** Measures an image; {@code pixels} is {@code byte[3072]} in HWC order. */
  public void measure(int image, byte[] pixels) {
    for (int channel = 0; channel < Cifar10.CHANNELS; channel++) {
      int sum = 0;
      int squares = 0;
      for (int i = channel; i < Cifar10.FEATURES; i += Cifar10.CHANNELS) {
        int pixel = pixels[i] & 0xff;
        sum += pixel;
        squares += pixel * pixel;
      }
      sums[image * Cifar10.CHANNELS + channel] = sum;
      sumsOfSquares[image * Cifar10.CHANNELS + channel] = squares;
    }
  }

  long sum(int image, int channel) {
    return sums[image * Cifar10.CHANNELS + channel];
  }

  long sumOfSquares(int image, int channel) {
    return sumsOfSquares[image * Cifar10.CHANNELS + channel];
  }
}

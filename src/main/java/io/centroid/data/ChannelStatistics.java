package io.centroid.data;

import java.util.List;

/**
 * Mean and deviation of each colour channel, of pixels / 255.
 *
 * @param mean one for each channel, red, green, blue
 * @param deviation population standard deviation, one for each channel
 */
public record ChannelStatistics(List<Double> mean, List<Double> deviation) {
  private static final double FULL_SCALE = 255;

  /** Checks that there are finite ones; throws {@link IllegalArgumentException}. */
  public ChannelStatistics {
    if (mean.size() != Cifar10.CHANNELS
        || deviation.size() != Cifar10.CHANNELS
        || !mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(value -> Double.isFinite(value) && value >= 0)) {
      throw new IllegalArgumentException(
          "mean %s and deviation %s instead of %d numbers each"
              .formatted(mean, deviation, Cifar10.CHANNELS));
    }
  }

  /** Sums pixels exactly, in integers, so that the result does not depend on the order. */
  public static final class Accumulator {
    private final long[] sum = new long[Cifar10.CHANNELS];
    private final long[] sumOfSquares = new long[Cifar10.CHANNELS];
    private long pixels;

    /** Adds the sums over one image's pixels, from {@link ChannelSums}. */
    public void add(ChannelSums sums, int image) {
      for (int channel = 0; channel < Cifar10.CHANNELS; channel++) {
        sum[channel] += sums.sum(image, channel);
        sumOfSquares[channel] += sums.sumOfSquares(image, channel);
      }
      pixels += Cifar10.PLANE;
    }

    /**
     * The statistics of what was added.
     *
     * @throws IllegalStateException when nothing was added
     */
    public ChannelStatistics statistics() {
      if (pixels == 0) {
        throw new IllegalStateException("Cannot measure channels: no image was added");
      }
      Double[] mean = new Double[Cifar10.CHANNELS];
      Double[] deviation = new Double[Cifar10.CHANNELS];
      for (int channel = 0; channel < Cifar10.CHANNELS; channel++) {
        double meanPixel = (double) sum[channel] / pixels;
        double variance = (double) sumOfSquares[channel] / pixels - meanPixel * meanPixel;
        mean[channel] = meanPixel / FULL_SCALE;
        deviation[channel] = Math.sqrt(Math.max(0, variance)) / FULL_SCALE;
      }
      return new ChannelStatistics(List.of(mean), List.of(deviation));
    }
  }
}

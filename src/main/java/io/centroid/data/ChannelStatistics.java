package io.centroid.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean and deviation of each channel, of pixels / 255.
 *
 * @param mean one for each channel: red, green, blue, or grey levels
 * @param deviation population standard deviation, one for each channel
 */
public record ChannelStatistics(List<Double> mean, List<Double> deviation) {
  private static final double FULL_SCALE = 255;

  /** Checks that there are finite ones; throws {@link IllegalArgumentException}. */
  public ChannelStatistics {
    if (mean.isEmpty()
        || mean.size() != deviation.size()
        || !mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(value -> Double.isFinite(value) && value >= 0)) {
      throw new IllegalArgumentException(
          "mean %s and deviation %s instead of a number each for every channel"
              .formatted(mean, deviation));
    }
  }

  /**
   * Makes sure that they are of a shape's channels.
   *
   * @throws IllegalArgumentException otherwise
   */
  public void requireFit(FeatureShape shape) {
    if (mean.size() != shape.channels()) {
      throw new IllegalArgumentException(
          "statistics of %d channels where there are %d".formatted(mean.size(), shape.channels()));
    }
  }

  /** Sums pixels exactly, in integers, so that the result does not depend on the order. */
  public static final class Accumulator implements Serializable {
    private final long[] sum;
    private final long[] sumOfSquares;
    private final long[] pixels;

    /** Of no pixels. */
    public Accumulator(int channels) {
      sum = new long[channels];
      sumOfSquares = new long[channels];
      pixels = new long[channels];
    }

    /** Adds the sums over {@code count} pixels of one channel. */
    public void add(int channel, int count, long sumOfThem, long sumOfTheirSquares) {
      pixels[channel] += count;
      sum[channel] += sumOfThem;
      sumOfSquares[channel] += sumOfTheirSquares;
    }

    /** Adds what another one came to. */
    public void addAll(Accumulator other) {
      for (int channel = 0; channel < sum.length; channel++) {
        pixels[channel] += other.pixels[channel];
        sum[channel] += other.sum[channel];
        sumOfSquares[channel] += other.sumOfSquares[channel];
      }
    }

    /**
     * The statistics of what was added.
     *
     * @throws IllegalStateException when nothing was added
     */
    public ChannelStatistics statistics() {
      if (Arrays.stream(pixels).anyMatch(count -> count == 0)) {
        throw new IllegalStateException("Cannot measure channels: no image was added");
      }
      return new ChannelStatistics(
          IntStream.range(0, sum.length).mapToObj(c -> meanPixel(c) / FULL_SCALE).toList(),
          IntStream.range(0, sum.length)
              .mapToObj(
                  c -> {
                    double mean = meanPixel(c);
                    double variance = (double) sumOfSquares[c] / pixels[c] - mean * mean;
                    return Math.sqrt(Math.max(0, variance)) / FULL_SCALE;
                  })
              .toList());
    }

    private double meanPixel(int channel) {
      return (double) sum[channel] / pixels[channel];
    }
  }
}

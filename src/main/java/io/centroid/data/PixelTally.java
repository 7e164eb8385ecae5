package io.centroid.data;

/** Statistics of pixels, each channel's over all places. */
public final class PixelTally implements StatisticsTally {
  private static final long serialVersionUID = 1;

  private final ChannelStatistics.Accumulator sums;
  private final ChannelSums one;

  PixelTally(FeatureShape shape) {
    sums = new ChannelStatistics.Accumulator(shape.channels());
    one = new ChannelSums(1, shape);
  }

  @Override
  public void add(byte[] features) {
    one.measure(0, features);
    one.addTo(sums, 0);
  }

  @Override
  public void addAll(StatisticsTally other) {
    sums.addAll(((PixelTally) other).sums);
  }

  @Override
  public ChannelStatistics statistics() {
    return sums.statistics();
  }
}

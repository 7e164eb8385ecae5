package io.centroid.data;

import java.io.Serializable;

/** Measures features, exactly, so that the result does not depend on the order. */
public sealed interface StatisticsTally extends Serializable permits PixelTally, ColumnTally {

  /** One of no examples. */
  static StatisticsTally of(FeatureShape shape) {
    return shape.isPicture() ? new PixelTally(shape) : new ColumnTally(shape.count());
  }

  /** Adds an example, coded as those of its data set are. */
  void add(byte[] features);

  /** Adds the examples of another one of the same shape. */
  void addAll(StatisticsTally other);

  /**
   * The statistics of what was added.
   *
   * @throws IllegalStateException when nothing was added
   */
  ChannelStatistics statistics();
}

package io.centroid.shard;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import java.io.Serializable;

/**
 * What the rows of a shard set are.
 *
 * @param shape of the features
 * @param classes labels are smaller
 * @param normalizer makes features of pixels; null where features are columns, which a file holds
 *     as they are
 * @param weighted whether rows have weights
 */
public record RowFormat(FeatureShape shape, int classes, Normalizer normalizer, boolean weighted)
    implements Serializable {

  /** That of a data set. */
  public static RowFormat of(
      DataSet dataSet,
      Normalization normalization,
      ChannelStatistics statistics,
      boolean weighted) {
    FeatureShape shape = dataSet.shape();
    return new RowFormat(
        shape,
        dataSet.classes(),
        shape.isPicture() ? new Normalizer(normalization, statistics) : null,
        weighted);
  }

  int features() {
    return shape.count();
  }

  int channels() {
    return shape.channels();
  }

  boolean isOfPixels() {
    return shape.isPicture();
  }

  /** Bytes that one value of an {@link Example} takes. */
  int bytesPerValue() {
    return isOfPixels() ? 1 : Float.BYTES;
  }

  /** Bytes of an {@link Example}'s features. */
  int featureBytes() {
    return Math.multiplyExact(features(), bytesPerValue());
  }
}

package io.centroid.shard;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalizer;
import java.io.Serializable;

/**
 * What the rows of a shard set are.
 *
 * @param shape of the features
 * @param classes labels are smaller
 * @param normalizer makes features of pixels
 */
public record RowFormat(FeatureShape shape, int classes, Normalizer normalizer)
    implements Serializable {

  /** That of a data set. */
  public static RowFormat of(DataSet dataSet, Normalizer normalizer) {
    return new RowFormat(dataSet.shape(), dataSet.classes(), normalizer);
  }

  int features() {
    return shape.count();
  }

  int channels() {
    return shape.channels();
  }
}

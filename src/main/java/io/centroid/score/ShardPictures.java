package io.centroid.score;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The images of a shard set, called by their number in the official order, normalized as the model
 * asks for, whatever the shards' normalization is.
 *
 * @param directory the shard set
 * @param splits which splits of it
 */
public record ShardPictures(Path directory, List<Split> splits) implements PictureSource {

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, DataSet dataSet) throws IOException {
    ShardSet shards = ShardSet.open(directory, context.hadoopConfiguration());
    if (splits.stream().mapToLong(shards.manifest()::count).sum() == 0) {
      throw JobException.settings(
          "Cannot score shards %s: found no images of split %s, expected some. Use another --split."
              .formatted(directory, splits));
    }
    requireFit(shards.manifest().dataSet().shape(), dataSet.shape());
    return splits.stream()
        .map(
            split ->
                shards
                    .examples(context, split)
                    .map(example -> Picture.of(Long.toString(example.id()), example.features())))
        .reduce(JavaRDD::union)
        .orElseThrow();
  }

  private void requireFit(FeatureShape found, FeatureShape expected) {
    if (!found.equals(expected)) {
      throw JobException.data(
          "Cannot score shards %s: found examples of shape %s, expected %s as the model was trained on. Use another --shards."
              .formatted(directory, found.axes(), expected.axes()));
    }
  }
}

package io.centroid.score;

import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
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
    requireFit(shards.manifest().dataSet(), dataSet);
    return splits.stream()
        .map(
            split ->
                shards
                    .examples(context, split)
                    .map(example -> Picture.of(Long.toString(example.id()), example.features())))
        .reduce(JavaRDD::union)
        .orElseThrow();
  }

  /** Of a model for pictures alone the classes may be others: nobody looks at the labels. */
  private void requireFit(DataSet found, DataSet expected) {
    if (!found.shape().equals(expected.shape())
        || !Objects.equals(found.featureNames(), expected.featureNames())) {
      throw JobException.data(
          "Cannot score shards %s of %s with a model of %s: found %s, expected the same. Use another --shards."
              .formatted(
                  directory,
                  found.title(),
                  expected.title(),
                  new DataSet(
                          expected.title(),
                          expected.shape(),
                          found.classNames(),
                          expected.featureNames())
                      .difference(found)));
    }
  }
}

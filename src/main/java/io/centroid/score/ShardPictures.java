package io.centroid.score;

import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * The images of a shard set, called by their number in the official order, normalized as the model
 * asks for, whatever the shards' normalization is.
 *
 * @param directory the shard set
 * @param splits which splits of it
 */
public record ShardPictures(Path directory, List<Split> splits) implements PictureSource {

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, Normalizer normalizer)
      throws IOException {
    ShardSet shards = ShardSet.open(directory, context.hadoopConfiguration());
    if (splits.stream().mapToLong(shards.manifest()::count).sum() == 0) {
      throw JobException.settings(
          "Cannot score shards %s: found no images of split %s, expected some. Use another --split."
              .formatted(directory, splits));
    }
    ToPicture toPicture = new ToPicture(normalizer);
    return splits.stream()
        .map(split -> shards.examples(context, split).map(toPicture))
        .reduce(JavaRDD::union)
        .orElseThrow();
  }

  /** Makes pictures of examples. */
  private record ToPicture(Normalizer normalizer) implements Function<Example, Picture> {
    @Override
    public Picture call(Example example) {
      float[] features = new float[Cifar10.FEATURES];
      normalizer.apply(example.pixels(), features);
      return Picture.of(Long.toString(example.id()), features);
    }
  }
}

package io.centroid.score;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.Example;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * The images of a shard set, called by their number in the official order. Shards that were
 * normalized in another way than the model asks for are turned into pixels and normalized again.
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
    NormalizationEntry stored = shards.manifest().normalization();
    Normalizer storedBy =
        new Normalizer(stored.kind(), new ChannelStatistics(stored.mean(), stored.deviation()));
    ToPicture toPicture = new ToPicture(storedBy.equals(normalizer) ? null : storedBy, normalizer);
    return splits.stream()
        .map(split -> shards.examples(context, split).map(toPicture))
        .reduce(JavaRDD::union)
        .orElseThrow();
  }

  /**
   * Makes pictures of examples.
   *
   * @param storedBy what normalized the shards; null when it is the model's own
   */
  private record ToPicture(Normalizer storedBy, Normalizer normalizer)
      implements Function<Example, Picture> {
    @Override
    public Picture call(Example example) {
      float[] features = example.features();
      if (storedBy != null) {
        normalizer.apply(storedBy.pixels(features), features);
      }
      return Picture.of(Long.toString(example.id()), features);
    }
  }
}

package io.centroid.prep;

import io.centroid.config.PrepareSettings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.SourceFile;
import io.centroid.data.Split;
import io.centroid.data.StratifiedSplit;
import io.centroid.shard.Manifest.SplitCount;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardWriter.Written;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Images of a source that is read from start to end, unpacked beside the shards. The same share of
 * every class, exactly, is held out for validation.
 *
 * @param settings of the preparation
 * @param dataSet which it is
 * @param records where the images were unpacked to
 * @param images what one pass over them told
 * @param splits of every image, by id
 */
record UnpackedContent(
    JobContext job,
    PrepareSettings settings,
    DataSet dataSet,
    Path records,
    UnpackedImages images,
    List<Split> splits)
    implements Content {

  /** What tasks run with, asked for when there are some. */
  @FunctionalInterface
  interface JobContext {
    /** Opens a session, if there is none. */
    JavaSparkContext get();
  }

  /** Reads a source. */
  static UnpackedContent read(
      JobContext job,
      ImageSource source,
      PrepareSettings settings,
      Path records,
      Configuration hadoop)
      throws IOException {
    UnpackedImages images = UnpackedImages.unpack(source, records, hadoop);
    return new UnpackedContent(
        job,
        settings,
        source.dataSet(),
        records,
        images,
        StratifiedSplit.of(
            images.labels(),
            images.trainingImages(),
            settings.validationFraction(),
            settings.seed()));
  }

  @Override
  public List<SourceFile> sources() {
    return images.sources();
  }

  @Override
  public String hash() {
    return images.imagesHash();
  }

  @Override
  public List<SplitCount> counts() {
    Map<Split, long[]> counts = new EnumMap<>(Split.class);
    for (int id = 0; id < splits.size(); id++) {
      counts
          .computeIfAbsent(splits.get(id), split -> new long[dataSet.classes()])[
          images.labels()[id] & 0xff]++;
    }
    return counts.entrySet().stream()
        .map(
            entry ->
                new SplitCount(
                    entry.getKey(),
                    Arrays.stream(entry.getValue()).sum(),
                    Arrays.stream(entry.getValue()).boxed().toList()))
        .toList();
  }

  @Override
  public ChannelStatistics statistics() {
    ChannelStatistics.Accumulator accumulator = images.channelSums().accumulator();
    for (int id = 0; id < splits.size(); id++) {
      if (splits.get(id) == Split.TRAIN) {
        images.channelSums().addTo(accumulator, id);
      }
    }
    return accumulator.statistics();
  }

  @Override
  public List<Written> write(Path directory, RowFormat format) throws IOException {
    JavaSparkContext context = job.get();
    List<ShardPlan> plans = ShardPlan.of(splits, settings.shards());
    WriteShard task =
        new WriteShard(
            records.toString(),
            directory.toString(),
            new ArrayList<>(plans),
            format,
            context.broadcast(new SerializableConfiguration(context.hadoopConfiguration())));
    List<Integer> indices = IntStream.range(0, plans.size()).boxed().toList();
    context.setJobDescription("write the shards");
    List<Written> shards = context.parallelize(indices, indices.size()).map(task).collect();
    records.getFileSystem(context.hadoopConfiguration()).delete(records, true);
    return shards;
  }
}

package io.centroid.prep;

import io.centroid.config.PrepareSettings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Cifar10;
import io.centroid.data.ImageSource;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.data.StratifiedSplit;
import io.centroid.error.JobException;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.publish.Lock;
import io.centroid.publish.StagedDirectory;
import io.centroid.publish.Target;
import io.centroid.shard.Manifest;
import io.centroid.shard.Manifest.HoldOut;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.Manifest.SplitCount;
import io.centroid.shard.ShardEntry;
import io.centroid.shard.ShardSet;
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

/** The preparation job: images → splits → normalized Parquet shards → manifest → published. */
public final class PrepareJob {
  private final JobSession session;
  private final ImageSource source;
  private final PrepareSettings settings;
  private final Path target;
  private final ExistingShards existing;
  private final Phases phases;

  /**
   * Creates a job.
   *
   * @param target the directory that becomes the shard set
   * @param existing what to do with another shard set there
   * @param phases told of what is happening
   */
  public PrepareJob(
      JobSession session,
      ImageSource source,
      PrepareSettings settings,
      Path target,
      ExistingShards existing,
      Phases phases) {
    this.session = session;
    this.source = source;
    this.settings = settings;
    this.target = target;
    this.existing = existing;
    this.phases = phases;
  }

  /** Whether the work was done now or before. */
  public enum Status {
    /** The shard set was written. */
    PREPARED,
    /** The same shard set was there. */
    ALREADY_THERE
  }

  /** What {@link #execute} came to. */
  public record Prepared(Status status, Manifest manifest) {}

  /** A place for a shard set. */
  public static Target target(Path shards, Configuration hadoop) throws IOException {
    return Target.of(shards, "shards", "--shards", Manifest.FILE, hadoop);
  }

  /**
   * Prepares the shards; a shard set of the same images and settings is left as it is.
   *
   * @throws JobException when the images are not what they should be (DATA), or something else
   *     stands at the target (SETTINGS); the target is then as it was
   */
  public Prepared execute() throws Exception {
    Target place = target(target, hadoop());
    try (Lock lock = place.lock("shards " + place.path(), phases);
        StagedDirectory staging = place.stage(lock)) {
      Path records = new Path(staging.path(), "records");
      UnpackedImages images =
          phases.run(
              "Read and check the images", () -> UnpackedImages.unpack(source, records, hadoop()));
      if (!place.isEmpty()) {
        Manifest found = sameShardSet(images);
        if (found != null) {
          return new Prepared(Status.ALREADY_THERE, found);
        }
        refuseOrReplace(place);
      }
      List<Split> splits =
          StratifiedSplit.of(
              images.labels(),
              images.trainingImages(),
              settings.validationFraction(),
              settings.seed());
      ChannelStatistics statistics = statistics(images, splits);
      List<Written> shards =
          phases.run("Write the shards", () -> write(records, staging.path(), splits, statistics));
      staging.path().getFileSystem(hadoop()).delete(records, true);
      shards.forEach(shard -> staging.add(shard.file()));
      Manifest manifest =
          manifest(images, splits, statistics, shards.stream().map(Written::entry).toList());
      staging.publish(Json.write(manifest));
      return new Prepared(Status.PREPARED, manifest);
    }
  }

  /** The manifest of the shard set at the target, if this job would write the same; else null. */
  private Manifest sameShardSet(UnpackedImages images) throws IOException {
    Manifest found;
    try {
      found = ShardSet.open(target, hadoop()).manifest();
    } catch (JobException e) {
      return null; // not a whole shard set; what to do with it is decided by the caller
    }
    boolean same =
        found.imagesHash().equals(images.imagesHash())
            && found.dataset().equals(source.dataSet().title())
            && found.normalization().kind() == settings.normalization()
            && found.holdOut().equals(holdOut())
            && found.shardsPerSplit() == settings.shards();
    return same ? found : null;
  }

  private void refuseOrReplace(Target place) throws IOException {
    if (!place.isReplaceable()) {
      throw JobException.settings(
          "Cannot write shards to "
              + target
              + ": found files that prepare did not write, expected an empty place. Use another"
              + " --shards.");
    }
    if (existing == ExistingShards.KEEP) {
      throw JobException.settings(
          "Cannot write shards to "
              + target
              + ": found shards of other images or settings, expected an empty place or the same"
              + " ones. Use --overwrite, or another --shards.");
    }
  }

  private ChannelStatistics statistics(UnpackedImages images, List<Split> splits) {
    ChannelStatistics.Accumulator accumulator = new ChannelStatistics.Accumulator();
    for (int id = 0; id < splits.size(); id++) {
      if (splits.get(id) == Split.TRAIN) {
        accumulator.add(images.channelSums(), id);
      }
    }
    return accumulator.statistics();
  }

  private List<Written> write(
      Path records, Path directory, List<Split> splits, ChannelStatistics statistics) {
    JavaSparkContext context = session.context();
    List<ShardPlan> plans = ShardPlan.of(splits, settings.shards());
    WriteShard task =
        new WriteShard(
            records.toString(),
            directory.toString(),
            new ArrayList<>(plans),
            new Normalizer(settings.normalization(), statistics),
            context.broadcast(new SerializableConfiguration(hadoop())));
    List<Integer> indices = IntStream.range(0, plans.size()).boxed().toList();
    context.setJobDescription("write the shards");
    return context.parallelize(indices, indices.size()).map(task).collect();
  }

  private Manifest manifest(
      UnpackedImages images,
      List<Split> splits,
      ChannelStatistics statistics,
      List<ShardEntry> shards) {
    return new Manifest(
            Manifest.FORMAT_VERSION,
            source.dataSet().title(),
            images.sources(),
            images.imagesHash(),
            Cifar10.CLASS_NAMES,
            List.of(Cifar10.HEIGHT, Cifar10.WIDTH, Cifar10.CHANNELS),
            "height, width, channel",
            counts(images.labels(), splits),
            new NormalizationEntry(
                settings.normalization(), statistics.mean(), statistics.deviation()),
            holdOut(),
            settings.shards(),
            shards,
            "")
        .fingerprinted();
  }

  private static List<SplitCount> counts(byte[] labels, List<Split> splits) {
    Map<Split, long[]> counts = new EnumMap<>(Split.class);
    for (int id = 0; id < labels.length; id++) {
      counts.computeIfAbsent(splits.get(id), split -> new long[Cifar10.CLASSES])[labels[id]]++;
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

  private HoldOut holdOut() {
    return new HoldOut(settings.seed(), settings.validationFraction());
  }

  private Configuration hadoop() {
    return session.hadoop();
  }
}

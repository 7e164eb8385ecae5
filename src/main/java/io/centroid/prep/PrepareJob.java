package io.centroid.prep;

import io.centroid.config.PrepareSettings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.Normalization;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.job.Terminal;
import io.centroid.json.Json;
import io.centroid.prep.SortedContent.Unreadable;
import io.centroid.publish.Lock;
import io.centroid.publish.StagedDirectory;
import io.centroid.publish.Target;
import io.centroid.shard.Manifest;
import io.centroid.shard.Manifest.HoldOut;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardEntry;
import io.centroid.shard.ShardSet;
import io.centroid.shard.ShardWriter.Written;
import io.centroid.source.ExampleSource;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The preparation job: examples → splits → normalized Parquet shards → manifest → published. */
public final class PrepareJob {
  private final JobSession session;
  private final DataSet dataSet;
  private final boolean weighted;
  private final Reading reading;
  private final Double drawnTestFraction;
  private final Normalization normalization;
  private final PrepareSettings settings;
  private final Path target;
  private final ExistingShards existing;
  private final Phases phases;

  /** Reads what is to be prepared. */
  @FunctionalInterface
  private interface Reading {
    /**
     * Reads it all.
     *
     * @param scratch a directory to put into what is needed until the shards are written
     */
    Content content(Path scratch) throws IOException;
  }

  /**
   * A job over images that are read from start to end.
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
    this.dataSet = source.dataSet();
    this.weighted = false;
    this.reading =
        scratch ->
            UnpackedContent.read(
                session::context, source, settings, new Path(scratch, "records"), hadoop());
    this.drawnTestFraction = null;
    this.normalization = settings.normalization(dataSet.shape());
    this.settings = settings;
    this.target = target;
    this.existing = existing;
    this.phases = phases;
  }

  /**
   * A job over examples that executors read.
   *
   * @param target the directory that becomes the shard set
   * @param existing what to do with another shard set there
   * @param phases told of what is happening
   */
  public PrepareJob(
      JobSession session,
      ExampleSource source,
      PrepareSettings settings,
      Path target,
      ExistingShards existing,
      Phases phases) {
    this.session = session;
    this.dataSet = source.dataSet();
    this.weighted = source.isWeighted();
    this.reading = scratch -> sorted(source);
    this.drawnTestFraction = source.splits().contains(Split.TEST) ? null : settings.testFraction();
    this.normalization = settings.normalization(dataSet.shape());
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
   * Prepares the shards; a shard set of the same examples and settings is left as it is.
   *
   * @throws JobException when the examples are not what they should be (DATA), or something else
   *     stands at the target (SETTINGS); the target is then as it was
   */
  public Prepared execute() throws Exception {
    Target place = target(target, hadoop());
    try (Lock lock = place.lock("shards " + place.path(), phases);
        StagedDirectory staging = place.stage(lock)) {
      if (place.isEmpty()) { // else it may be found that nothing is to be written
        session.openMeanwhile();
      }
      Content content =
          phases.run("Read and check the " + things(), () -> reading.content(staging.path()));
      if (!place.isEmpty()) {
        Manifest found = sameShardSet(content);
        if (found != null) {
          return new Prepared(Status.ALREADY_THERE, found);
        }
        refuseOrReplace(place);
      }
      ChannelStatistics statistics = content.statistics();
      RowFormat format = RowFormat.of(dataSet, normalization, statistics, weighted);
      List<Written> shards =
          phases.run("Write the shards", () -> content.write(staging.path(), format));
      shards.forEach(shard -> staging.add(shard.file()));
      Manifest manifest =
          manifest(content, statistics, shards.stream().map(Written::entry).toList());
      staging.publish(Json.write(manifest));
      return new Prepared(Status.PREPARED, manifest);
    }
  }

  private String things() {
    return dataSet.examplesAreCalled();
  }

  private SortedContent sorted(ExampleSource source) {
    SortedContent content =
        SortedContent.read(
            session.context(),
            source,
            SplitDraw.of(
                source.splits(),
                settings.seed(),
                settings.testFraction(),
                settings.validationFraction()),
            settings.shards(),
            settings.unreadableFraction());
    Unreadable unreadable = content.unreadable();
    if (unreadable.count() > 0) {
      phases.say("%,d left out, which cannot be read:", unreadable.count());
      unreadable.some().forEach(each -> phases.say("  %s", Terminal.printable(each)));
      if (unreadable.count() > unreadable.some().size()) {
        phases.say("  and more");
      }
    }
    if (content.weightless() > 0) {
      phases.say("%,d left out, of weight 0", content.weightless());
    }
    return content;
  }

  /** The manifest of the shard set at the target, if this job would write the same; else null. */
  private Manifest sameShardSet(Content content) throws IOException {
    Manifest found;
    try {
      found = ShardSet.open(target, hadoop()).manifest();
    } catch (JobException e) {
      return null; // not a whole shard set; what to do with it is decided by the caller
    }
    boolean same =
        found.imagesHash().equals(content.hash())
            && found.dataSet().equals(dataSet)
            && found.hasWeights() == weighted
            && found.splits().equals(content.counts())
            && found.normalization().kind() == normalization
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
          "Cannot write shards to %s: found shards of other %s or settings, expected an empty place or the same ones. Use --overwrite, or another --shards."
              .formatted(target, things()));
    }
  }

  private Manifest manifest(
      Content content, ChannelStatistics statistics, List<ShardEntry> shards) {
    return new Manifest(
            Manifest.FORMAT_VERSION,
            dataSet.title(),
            content.sources(),
            content.hash(),
            dataSet.classNames(),
            dataSet.shape().axes(),
            dataSet.shape().isPicture() ? "height, width, channel" : "column",
            dataSet.featureNames(),
            weighted ? true : null,
            content.counts(),
            new NormalizationEntry(normalization, statistics.mean(), statistics.deviation()),
            holdOut(),
            settings.shards(),
            shards,
            "")
        .fingerprinted();
  }

  private HoldOut holdOut() {
    return new HoldOut(settings.seed(), settings.validationFraction(), drawnTestFraction);
  }

  private Configuration hadoop() {
    return session.hadoop();
  }
}

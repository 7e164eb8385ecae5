package io.centroid.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.FeatureCoding;
import io.centroid.json.Json;
import io.centroid.publish.WholeFile;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** A published directory of shards with its manifest. */
public final class ShardSet {
  private final Path directory;
  private final Manifest manifest;

  private ShardSet(Path directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * Opens a shard set and checks that its manifest is whole and that the files it lists are there
   * with their sizes; what is in them is checked when they are read.
   *
   * @throws JobException with category DATA when it is not a shard set or does not match
   */
  public static ShardSet open(Path directory, Configuration configuration) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(configuration);
    Path qualified = fileSystem.makeQualified(directory);
    Manifest manifest =
        readManifest(qualified, configuration, StorageFailure.localHint(directory, fileSystem));
    for (ShardEntry entry : manifest.shards()) {
      checkFile(fileSystem, qualified, entry);
    }
    return new ShardSet(qualified, manifest);
  }

  /** What the shard set holds. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * The examples of a split, one partition for each file. Reading a partition to its end checks it
   * against the manifest and fails with a {@link JobException} of category DATA when it differs.
   */
  public JavaRDD<Example> examples(JavaSparkContext context, Split split) {
    List<ShardEntry> entries = manifest.shards(split);
    if (entries.isEmpty()) {
      return context.emptyRDD();
    }
    List<Integer> indices = IntStream.range(0, entries.size()).boxed().toList();
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    return context
        .parallelize(indices, entries.size())
        .flatMap(
            new ShardExamples(directory.toString(), List.copyOf(entries), format(), configuration));
  }

  /** The Parquet files of a split. */
  public List<Path> files(Split split) {
    return manifest.shards(split).stream().map(entry -> new Path(directory, entry.file())).toList();
  }

  /**
   * The rank of each file's first example: how many examples of the split have smaller ids. Those
   * of its other rows follow, because files and their rows are in the order of the ids.
   */
  public long[] firstRanks(Split split) {
    long[] rows = manifest.shards(split).stream().mapToLong(ShardEntry::rows).toArray();
    long[] ranks = new long[rows.length];
    for (int file = 1; file < ranks.length; file++) {
      ranks[file] = ranks[file - 1] + rows[file - 1];
    }
    return ranks;
  }

  /** Which examples a split has, as the manifest says; who reads them finds if there are others. */
  public Coverage coverage(Split split) {
    return manifest.shards(split).stream()
        .map(ShardEntry::coverage)
        .reduce(Coverage.NONE, Coverage::plus);
  }

  /** How what examples are kept as becomes features. */
  public FeatureCoding coding() {
    return FeatureCoding.of(
        manifest.dataSet().shape(),
        manifest.normalization().kind(),
        manifest.normalization().statistics());
  }

  /** What the rows of its files are. */
  public RowFormat format() {
    return RowFormat.of(
        manifest.dataSet(),
        manifest.normalization().kind(),
        manifest.normalization().statistics(),
        manifest.hasWeights());
  }

  /** Reads one shard; it is closed when the task ends, however that happens. */
  private record ShardExamples(
      String directory,
      List<ShardEntry> entries,
      RowFormat format,
      Broadcast<SerializableConfiguration> configuration)
      implements FlatMapFunction<Integer, Example> {
    @Override
    public Iterator<Example> call(Integer index) {
      ShardReader reader =
          new ShardReader(
              new Path(directory), entries.get(index), format, configuration.value().value());
      TaskCompletionListener close = task -> reader.close();
      TaskContext.get().addTaskCompletionListener(close);
      return reader;
    }
  }

  private static Manifest readManifest(Path directory, Configuration configuration, String hint)
      throws IOException {
    Path file = new Path(directory, Manifest.FILE);
    String json =
        WholeFile.read(file, configuration)
            .orElseThrow(
                () ->
                    JobException.data(
                        "Cannot open shards %s: found no %s, expected a shard set that prepare published. Prepare it, or use another --shards.%s"
                            .formatted(directory, Manifest.FILE, hint)));
    String expected = "a manifest of format version " + Manifest.FORMAT_VERSION;
    Manifest manifest;
    try {
      Object version = Json.read(json, Map.class).get("formatVersion");
      if (version instanceof Integer other && other != Manifest.FORMAT_VERSION) {
        throw unusable(file, "format version " + other, expected, null);
      }
      manifest = Json.read(json, Manifest.class);
    } catch (JsonProcessingException e) {
      throw unusable(file, Json.problem(e), expected, e);
    }
    String fingerprint = manifest.fingerprinted().fingerprint();
    if (!fingerprint.equals(manifest.fingerprint())) {
      throw unusable(
          file,
          "content with fingerprint " + fingerprint,
          manifest.fingerprint() + " as it says itself",
          null);
    }
    return manifest;
  }

  private static void checkFile(FileSystem fileSystem, Path directory, ShardEntry entry)
      throws IOException {
    Path file = new Path(directory, entry.file());
    try {
      FileStatus status = fileSystem.getFileStatus(file);
      if (status.getLen() != entry.bytes()) {
        throw unusable(
            file, status.getLen() + " bytes", entry.bytes() + " as the manifest says", null);
      }
    } catch (FileNotFoundException e) {
      throw unusable(file, "no such file", "one, as the manifest says", e);
    }
  }

  private static JobException unusable(Path file, String found, String expected, Exception cause) {
    return JobException.data(
        "Cannot use "
            + file
            + ": found "
            + found
            + ", expected "
            + expected
            + ". Prepare the shards again.",
        cause);
  }
}

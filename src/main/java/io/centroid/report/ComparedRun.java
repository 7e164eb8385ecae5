package io.centroid.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.cifar.StandInImages;
import io.centroid.error.JobException;
import io.centroid.evaluate.McNemar;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.TestPredictions;
import io.centroid.json.Json;
import io.centroid.publish.Target;
import io.centroid.run.EpochRecord;
import io.centroid.run.Outcome;
import io.centroid.run.Provenance;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.lang3.StringUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A run that is compared with others.
 *
 * @param path its directory
 * @param outcome how its training ended
 * @param metrics of the test split
 * @param history epoch by epoch
 * @param provenance where its results come from
 * @param settings every setting, as {@code settings.conf} has it
 * @param predictions what it says of every test image; nothing of a run of before they were kept
 */
record ComparedRun(
    Path path,
    Outcome outcome,
    Metrics metrics,
    List<EpochRecord> history,
    Provenance provenance,
    String settings,
    Optional<TestPredictions> predictions) {

  /** So many digits of a hash tell things apart. */
  private static final int HASH = 12;

  /** McNemar's test of a run against another one, or why there is none. */
  record Tested(Optional<McNemar> test, String problem) {
    static Tested not(String problem) {
      return new Tested(Optional.empty(), "not comparable: " + problem);
    }
  }

  /**
   * Reads a run.
   *
   * @throws JobException with category DATA when it is not there, not finished, or damaged
   */
  static ComparedRun read(Path directory, Configuration hadoop) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    Path run = fileSystem.makeQualified(directory);
    if (!Target.isPublished(run, Target.SUCCESS, hadoop)) {
      throw unusable(
          run,
          fileSystem.exists(run) ? "no " + Target.SUCCESS + " in it" : "nothing there",
          StorageFailure.localHint(directory, fileSystem),
          null);
    }
    ComparedRun read =
        new ComparedRun(
            run,
            record(run, "outcome.json", Outcome.class, hadoop),
            record(run, "metrics.json", Metrics.class, hadoop),
            List.of(record(run, "history.json", EpochRecord[].class, hadoop)),
            record(run, "provenance.json", Provenance.class, hadoop),
            text(run, "settings.conf", hadoop),
            TestPredictions.read(run, hadoop));
    try {
      if (read.history.isEmpty() || read.seconds() < 0) {
        throw unusable(run, "no epoch, or no time, in its history", null);
      }
    } catch (DateTimeException e) {
      throw unusable(run, "no times in provenance.json", e);
    }
    return read;
  }

  private static <T> T record(Path run, String file, Class<T> type, Configuration hadoop)
      throws IOException {
    try {
      return Json.read(text(run, file, hadoop), type);
    } catch (JsonProcessingException e) {
      throw unusable(run, "no whole " + file + " in it", e);
    }
  }

  private static String text(Path run, String file, Configuration hadoop) throws IOException {
    try {
      return Target.read(run, file, hadoop);
    } catch (FileNotFoundException | ChecksumException e) {
      throw unusable(run, "no whole " + file + " in it", e);
    }
  }

  private static JobException unusable(Path run, String found, Exception cause) {
    return unusable(run, found, "", cause);
  }

  private static JobException unusable(Path run, String found, String hint, Exception cause) {
    return JobException.data(
        "Cannot compare %s: found %s, expected a run that train published.%s"
            .formatted(run, found, hint),
        cause);
  }

  /** The name of its directory. */
  String name() {
    return path.getName();
  }

  boolean isOfStandIn() {
    return metrics.dataset().equals(StandInImages.TITLE);
  }

  /** Settings, data, code and platform, by their names. */
  Map<String, String> circumstances() {
    Map<String, String> all = new LinkedHashMap<>();
    settings
        .lines()
        .map(line -> line.split(" = ", 2))
        .forEach(pair -> all.put(pair[0], pair.length == 2 ? pair[1] : ""));
    all.put("data set", metrics.dataset());
    all.put("shards", StringUtils.left(provenance.shardFingerprint(), HASH));
    all.put(
        "code",
        "%s, %s%s"
            .formatted(
                provenance.codeVersion(),
                StringUtils.left(provenance.codeCommit(), HASH),
                provenance.codeModified() ? ", modified" : ""));
    all.put("Spark", "%s on %s".formatted(provenance.sparkVersion(), provenance.master()));
    all.put("platform", "%s, %s".formatted(provenance.javaVersion(), provenance.os()));
    if (provenance.blasKernels() != null) {
      all.put("OpenBLAS kernels", provenance.blasKernels());
    }
    return all;
  }

  /** Everything from start to finish, seconds. */
  double seconds() {
    return Duration.between(
                Instant.parse(provenance.started()), Instant.parse(provenance.finished()))
            .toMillis()
        / 1e3;
  }

  /** Compares with another run on the same test images; this is the first one. */
  Tested against(ComparedRun other) {
    if (predictions.isEmpty() || other.predictions.isEmpty()) {
      return Tested.not("no " + TestPredictions.FILE);
    }
    if (!sameSource(other) || !predictions.get().sameImages(other.predictions.get())) {
      return Tested.not("other test images");
    }
    return new Tested(Optional.of(predictions.get().against(other.predictions.get())), null);
  }

  /** Whether both were made of the same images, whatever the shards made of them. */
  private boolean sameSource(ComparedRun other) {
    String hash = provenance.imagesHash();
    return provenance.shardFingerprint().equals(other.provenance.shardFingerprint())
        || (hash != null && hash.equals(other.provenance.imagesHash()));
  }
}

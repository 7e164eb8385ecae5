package io.centroid;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * Runs that the tests of what comes after a training judge and compare: of a small network on 1,000
 * images of stand-in data.
 */
public final class StandInRuns {
  private static StandInRuns ready;

  private final Path directory;
  private final Path good;
  private final Path worse;

  private StandInRuns(Path directory) throws IOException {
    this.directory = directory;
    prepare(shards());
    good = train(shards(), directory.resolve("runs"));
    worse =
        train(
            shards(),
            directory.resolve("runs"),
            "training.epochs=1",
            "training.learning-rate=1e-6");
  }

  /** Those that are there; for reading only. */
  public static synchronized StandInRuns ready() throws IOException {
    if (ready == null) {
      Path directory = Files.createTempDirectory("stand-in-runs");
      ready = new StandInRuns(directory);
      FileUtils.forceDeleteOnExit(directory.toFile());
    }
    return ready;
  }

  /** The shard set they were trained on. */
  public Path shards() {
    return directory.resolve("shards");
  }

  /** Copies a run that has learned something into a directory of runs. */
  public Path copyGood(Path runs) throws IOException {
    return copy(good, runs);
  }

  /** Copies one that was trained after it and has learned next to nothing. */
  public Path copyWorse(Path runs) throws IOException {
    return copy(worse, runs);
  }

  private static Path copy(Path run, Path runs) throws IOException {
    FileUtils.copyDirectoryToDirectory(run.toFile(), runs.toFile());
    return runs.resolve(run.getFileName());
  }

  /** Makes a shard set like theirs, but for what the assignments change. */
  public static void prepare(Path shards, String... assignments) {
    CommandLine.of("prepare", "--stand-in", "--shards", shards)
        .set(
            "prepare.stand-in.training-images=1000",
            "prepare.stand-in.test-images=500",
            "prepare.shards=2",
            "prepare.normalization=standardize")
        .set(assignments)
        .done();
  }

  /** Trains as they were trained, but for what the assignments change, and returns the run. */
  public static Path train(Path shards, Path runs, String... assignments) throws IOException {
    Path outcome = Files.createTempFile("trained", ".json");
    CommandLine.of("train", "--shards", shards, "--runs", runs, "--outcome", outcome)
        .set(
            "training.epochs=4",
            "training.minibatch-size=10",
            "training.learning-rate=1e-3",
            "network.hidden-widths=[50]")
        .set(assignments)
        .done();
    String run = new ObjectMapper().readTree(outcome.toFile()).get("run").asText();
    Files.delete(outcome);
    return Path.of(run.substring("file:".length()));
  }
}

package io.centroid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    run(
        List.of(
            "prepare",
            "--stand-in",
            "--shards",
            shards.toString(),
            "--set",
            "prepare.stand-in.training-images=1000",
            "--set",
            "prepare.stand-in.test-images=500",
            "--set",
            "prepare.shards=2",
            "--set",
            "prepare.normalization=standardize"),
        assignments);
  }

  /** Trains as they were trained, but for what the assignments change, and returns the run. */
  public static Path train(Path shards, Path runs, String... assignments) throws IOException {
    Path outcome = Files.createTempFile("trained", ".json");
    run(
        List.of(
            "train",
            "--shards",
            shards.toString(),
            "--runs",
            runs.toString(),
            "--outcome",
            outcome.toString(),
            "--set",
            "training.epochs=4",
            "--set",
            "training.minibatch-size=10",
            "--set",
            "training.learning-rate=1e-3",
            "--set",
            "network.hidden-widths=[50]"),
        assignments);
    String run = new ObjectMapper().readTree(outcome.toFile()).get("run").asText();
    Files.delete(outcome);
    return Path.of(run.substring("file:".length()));
  }

  private static void run(List<String> command, String... assignments) {
    List<String> arguments = new ArrayList<>(command);
    for (String assignment : assignments) {
      arguments.addAll(List.of("--set", assignment));
    }
    CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.toString()).isZero();
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real driver processes that are killed, terminated or started twice. */
final class ResumeIT {
  private static final int KILLS = 5;
  private static final int CHECKPOINTS = 24;

  @TempDir private static Path directory;
  private static JsonNode expectedOutcome;
  private static JsonNode expectedHistory;
  private int outputs;

  @BeforeAll
  static void trainWithoutInterruption() throws Exception {
    ScriptRun prepared =
        StandaloneCluster.run(
            directory.resolve("prepare.out"),
            "data-prep/prepare.sh",
            StandInShards.arguments(shards(), 2));
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    ScriptRun trained =
        StandaloneCluster.run(
            directory.resolve("reference.out"),
            "submit/train.sh",
            arguments(directory.resolve("reference")));
    assertThat(trained.exitCode()).as(trained.output()).isZero();
    expectedOutcome = new RunsUnderTest(directory.resolve("reference")).outcome();
    expectedHistory = new RunsUnderTest(directory.resolve("reference")).history();
  }

  @Test
  void killedAtRandomMomentsItStillEndsWithTheSameModel() throws Exception {
    Path runs = directory.resolve("killed");
    SplittableRandom random = new SplittableRandom(20);
    int killed = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path output = nextOutput();
      Process driver = StandaloneCluster.start(output, "submit/train.sh", arguments(runs));
      String place = new RunsUnderTest(runs).newestCheckpoint();
      int wait = random.nextInt(CHECKPOINTS / KILLS + 1);
      for (int i = 0; i < wait; i++) {
        String passed = place;
        await(driver, () -> !new RunsUnderTest(runs).newestCheckpoint().equals(passed));
        place = new RunsUnderTest(runs).newestCheckpoint();
      }
      if (wait == 0) {
        await(driver, () -> read(output).contains("Deal the training images"));
      }
      killed += driver.isAlive() ? 1 : 0;
      driver.destroyForcibly().waitFor();
      System.out.println("killed the driver after " + (place.isEmpty() ? "no checkpoint" : place));
      new RunsUnderTest(runs).assertNothingHalfPublished();
    }
    assertThat(killed).isPositive();
    ScriptRun last = train(runs);
    assertThat(last.exitCode()).as(last.output()).isZero();
    assertSameAsUninterrupted(runs);
    new RunsUnderTest(runs).assertOnlyTheRunIsLeft();
  }

  @Test
  void terminatedItSavesAndGoesOnFromThere() throws Exception {
    Path runs = directory.resolve("terminated");
    terminate(runs);
    ScriptRun resumed = train(runs);
    assertThat(resumed.exitCode()).as(resumed.output()).isZero();
    assertThat(resumed.output()).contains("Going on from a checkpoint: epoch ");
    assertSameAsUninterrupted(runs);

    ScriptRun again = train(runs);
    assertThat(again.exitCode()).as(again.output()).isZero();
    assertThat(again.output()).contains("This work was done before.").doesNotContain("epoch  1/");
  }

  @Test
  void aDamagedCheckpointIsSkippedAndOneOfAnotherRunRefused() throws Exception {
    Path runs = directory.resolve("damaged");
    terminate(runs);
    Path checkpoints = new RunsUnderTest(runs).checkpoints().orElseThrow();
    Path newest = checkpoints.resolve(new RunsUnderTest(runs).newestCheckpoint());
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.deleteIfExists(checkpoints.resolve("." + newest.getFileName() + ".crc"));
    Files.write(newest, bytes);

    // The same checkpoints under the id of a run with another seed.
    Path others = directory.resolve("others");
    terminate(others, "--set", "training.seed=2");
    Path target = new RunsUnderTest(others).checkpoints().orElseThrow();
    delete(target);
    copy(checkpoints, target);
    ScriptRun refused = train(others, "--set", "training.seed=2");
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(3);
    assertThat(refused.output())
        .contains("Cannot go on from checkpoint ")
        .contains("Move it away, or use --fresh.");
    ScriptRun fresh = train(others, "--set", "training.seed=2", "--fresh");
    assertThat(fresh.exitCode()).as(fresh.output()).isZero();

    ScriptRun resumed = train(runs);
    assertThat(resumed.exitCode()).as(resumed.output()).isZero();
    assertThat(resumed.output())
        .contains("Warning: checkpoint " + newest.getFileName() + " cannot be used")
        .contains("Going on from a checkpoint: epoch ");
    assertSameAsUninterrupted(runs);
  }

  @Test
  void theSecondOfTwoAtOnceIsTurnedAway() throws Exception {
    Path runs = directory.resolve("twice");
    Path output = nextOutput();
    Process first = StandaloneCluster.start(output, "submit/train.sh", arguments(runs));
    await(first, () -> !new RunsUnderTest(runs).newestCheckpoint().isEmpty());
    // The first one is stopped meanwhile, so that it cannot be done before the second one starts.
    signal(first, "STOP");
    ScriptRun second = train(runs);
    signal(first, "CONT");
    assertThat(second.exitCode()).as(second.output()).isEqualTo(6);
    assertThat(second.output())
        .contains("found process " + first.pid() + " on ")
        .contains("at the same work, expected nobody. Wait for it, or end it.");
    assertThat(first.waitFor()).as(read(output)).isZero();
    assertSameAsUninterrupted(runs);
    new RunsUnderTest(runs).assertOnlyTheRunIsLeft();
  }

  private static void signal(Process process, String name) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exitCode).isZero();
  }

  /** Asks a training to end after its first checkpoint. */
  private void terminate(Path runs, String... more) throws Exception {
    Path output = nextOutput();
    Process driver = StandaloneCluster.start(output, "submit/train.sh", arguments(runs, more));
    await(driver, () -> !new RunsUnderTest(runs).newestCheckpoint().isEmpty());
    driver.destroy(); // SIGTERM
    assertThat(driver.waitFor()).as(read(output)).isEqualTo(7);
    assertThat(read(output)).contains("Run the same again to go on from there.");
    new RunsUnderTest(runs).assertNothingHalfPublished();
  }

  private ScriptRun train(Path runs, String... more) throws Exception {
    return StandaloneCluster.run(nextOutput(), "submit/train.sh", arguments(runs, more));
  }

  private Path nextOutput() {
    return directory.resolve("train-" + System.identityHashCode(this) + "-" + outputs++ + ".out");
  }

  private static String[] arguments(Path runs, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--master",
                "local[2]",
                "--driver-memory",
                "1g",
                "--shards",
                shards(),
                "--runs",
                runs.toString(),
                "--set",
                "training.epochs=6",
                "--set",
                "training.workers=3",
                "--set",
                "training.minibatch-size=16",
                "--set",
                "averaging.frequency=10",
                "--set",
                "averaging.outer-momentum=0.5",
                "--set",
                "averaging.ema-decay=0.9",
                "--set",
                "training.schedule.kind=cosine",
                "--set",
                "training.augmentation.flip=true",
                "--set",
                "checkpoint.every-rounds=1"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static String shards() {
    return directory.resolve("shards").toString();
  }

  /** Waits for a condition, or for the end of the process. */
  private static void await(Process process, BooleanSupplier condition)
      throws InterruptedException {
    while (process.isAlive() && !condition.getAsBoolean()) {
      process.waitFor(5, TimeUnit.MILLISECONDS);
    }
  }

  private static void assertSameAsUninterrupted(Path runs) throws IOException {
    assertThat(new RunsUnderTest(runs).outcome()).isEqualTo(expectedOutcome);
    assertThat(new RunsUnderTest(runs).history()).isEqualTo(expectedHistory);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}

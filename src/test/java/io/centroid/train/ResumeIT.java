package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.OwnJvm;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers in JVMs of their own that are killed, terminated or started twice. */
final class ResumeIT {
  private static final int KILLS = 5;
  private static final int CHECKPOINTS = 24;

  @TempDir private static Path directory;
  private static JsonNode expectedOutcome;
  private static JsonNode expectedHistory;

  /** What a training left that was terminated after its first checkpoint. */
  private static RunsUnderTest interrupted;

  private int outputs;

  @BeforeAll
  static void trainWithoutInterruption() throws Exception {
    RunsUnderTest reference = new RunsUnderTest(directory.resolve("reference"));
    assertEnds(0, train(reference.path()));
    expectedOutcome = reference.outcome();
    expectedHistory = reference.history();
    interrupted = new RunsUnderTest(directory.resolve("interrupted"));
    terminate(interrupted);
  }

  @Test
  void killedAtRandomMomentsItStillEndsWithTheSameModel() throws Exception {
    Path runs = directory.resolve("killed");
    SplittableRandom random = new SplittableRandom(20);
    int killed = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path output = nextOutput();
      Process driver = CommandLineRun.start(output, training(runs));
      String place = new RunsUnderTest(runs).newestCheckpoint();
      int wait = random.nextInt(CHECKPOINTS / KILLS + 1);
      for (int i = 0; i < wait; i++) {
        String passed = place;
        OwnJvm.await(driver, () -> !new RunsUnderTest(runs).newestCheckpoint().equals(passed));
        place = new RunsUnderTest(runs).newestCheckpoint();
      }
      if (wait == 0) {
        OwnJvm.awaitSaid(driver, output, "Deal the training images");
      }
      killed += driver.isAlive() ? 1 : 0;
      driver.destroyForcibly().waitFor();
      System.out.println("killed the driver after " + (place.isEmpty() ? "no checkpoint" : place));
      new RunsUnderTest(runs).assertNothingHalfPublished();
    }
    assertThat(killed).isPositive();
    assertEnds(0, train(runs));
    assertSameAsUninterrupted(runs);
    new RunsUnderTest(runs).assertOnlyTheRunIsLeft();
  }

  @Test
  void terminatedItSavesAndGoesOnFromThere() throws Exception {
    Path runs = directory.resolve("terminated");
    FileUtils.copyDirectory(interrupted.path().toFile(), runs.toFile());
    CommandLineRun resumed = train(runs);
    assertEnds(0, resumed);
    assertThat(resumed.out()).contains("Going on from a checkpoint: epoch ");
    assertSameAsUninterrupted(runs);

    CommandLineRun again = train(runs);
    assertEnds(0, again);
    assertThat(again.out()).contains("This work was done before.").doesNotContain("epoch  1/");
  }

  @Test
  void aDamagedCheckpointIsSkippedAndOneOfAnotherRunRefused() throws Exception {
    Path runs = directory.resolve("damaged");
    FileUtils.copyDirectory(interrupted.path().toFile(), runs.toFile());
    Path checkpoints = new RunsUnderTest(runs).checkpoints().orElseThrow();
    Path newest = checkpoints.resolve(new RunsUnderTest(runs).newestCheckpoint());
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.deleteIfExists(checkpoints.resolve("." + newest.getFileName() + ".crc"));
    Files.write(newest, bytes);

    // The same checkpoints under the id of a run with another seed, which is as if it had not been.
    Path others = directory.resolve("others");
    assertEnds(0, train(others, "--set", "training.seed=2"));
    Path other = new RunsUnderTest(others).run();
    FileUtils.deleteDirectory(other.toFile());
    FileUtils.copyDirectory(
        checkpoints.toFile(), others.resolve("." + other.getFileName() + ".checkpoints").toFile());
    CommandLineRun refused = train(others, "--set", "training.seed=2");
    assertEnds(3, refused);
    assertThat(refused.err())
        .contains("Cannot go on from checkpoint ")
        .contains("Move it away, or use --fresh.");
    assertEnds(0, train(others, "--set", "training.seed=2", "--fresh"));

    CommandLineRun resumed = train(runs);
    assertEnds(0, resumed);
    assertThat(resumed.out())
        .contains("Warning: checkpoint " + newest.getFileName() + " cannot be used")
        .contains("Going on from a checkpoint: epoch ");
    assertSameAsUninterrupted(runs);
  }

  /** Signals reach the driver, and its exit code is the script's. */
  @Test
  void theScriptBecomesTheDriver() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("script"));
    Path output = nextOutput();
    Process driver = StandaloneCluster.start(output, "submit/train.sh", ofScript(runs.path()));
    OwnJvm.await(driver, () -> !runs.newestCheckpoint().isEmpty());
    driver.destroy(); // SIGTERM
    assertThat(driver.waitFor()).as(Files.readString(output)).isEqualTo(7);
    assertThat(Files.readString(output)).contains("Run the same again to go on from there.");

    ScriptRun refused =
        StandaloneCluster.run(
            nextOutput(), "submit/train.sh", ofScript(runs.path(), "--set", "training.epoch=1"));
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
    assertThat(refused.output()).contains("training.epoch").contains("training.epochs");
  }

  private static String[] ofScript(Path runs, String... more) throws IOException {
    return StandaloneCluster.options("local[2]").with(options(runs, more)).toArray();
  }

  private static String[] training(Path runs, String... more) throws IOException {
    return CommandLine.of("train").with(options(runs, more)).toArray();
  }

  @Test
  void theSecondOfTwoAtOnceIsTurnedAway() throws Exception {
    Path runs = directory.resolve("twice");
    Path output = nextOutput();
    Process first = CommandLineRun.start(output, training(runs));
    OwnJvm.await(first, () -> !new RunsUnderTest(runs).newestCheckpoint().isEmpty());
    // The first one is stopped meanwhile, so that it cannot be done before the second one starts.
    signal(first, "STOP");
    CommandLineRun second = train(runs);
    signal(first, "CONT");
    assertEnds(6, second);
    assertThat(second.err())
        .contains("found process " + first.pid() + " on ")
        .contains("at the same work, expected nobody. Wait for it, or end it.");
    assertThat(first.waitFor()).as(Files.readString(output)).isZero();
    assertSameAsUninterrupted(runs);
    new RunsUnderTest(runs).assertOnlyTheRunIsLeft();
  }

  private static void signal(Process process, String name) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exitCode).isZero();
  }

  /** Asks a training to end after its first checkpoint. */
  private static void terminate(RunsUnderTest runs) throws Exception {
    Path output = directory.resolve("terminated.out");
    Process driver = CommandLineRun.start(output, training(runs.path()));
    OwnJvm.await(driver, () -> !runs.newestCheckpoint().isEmpty());
    driver.destroy(); // SIGTERM
    assertThat(driver.waitFor()).as(Files.readString(output)).isEqualTo(7);
    assertThat(Files.readString(output)).contains("Run the same again to go on from there.");
    runs.assertNothingHalfPublished();
  }

  private static CommandLineRun train(Path runs, String... more) throws IOException {
    return CommandLineRun.of(training(runs, more));
  }

  private static void assertEnds(int exitCode, CommandLineRun run) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
  }

  private Path nextOutput() {
    return directory.resolve("train-" + System.identityHashCode(this) + "-" + outputs++ + ".out");
  }

  private static CommandLine options(Path runs, String... more) throws IOException {
    return CommandLine.of("--shards", StandInShards.ready(), "--runs", runs)
        .set(
            "network.hidden-widths=[20, 15]",
            "training.epochs=6",
            "training.workers=3",
            "training.minibatch-size=16",
            "averaging.frequency=10",
            "averaging.outer-momentum=0.5",
            "averaging.ema-decay=0.9",
            "training.schedule.kind=cosine",
            "training.augmentation.flip=true",
            "checkpoint.every-rounds=1")
        .with(more);
  }

  private static void assertSameAsUninterrupted(Path runs) throws IOException {
    assertThat(new RunsUnderTest(runs).outcome()).isEqualTo(expectedOutcome);
    assertThat(new RunsUnderTest(runs).history()).isEqualTo(expectedHistory);
  }
}

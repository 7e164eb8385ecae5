package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.OwnJvm;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import io.centroid.average.ThrowingTasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors, Workers, drivers and shards that go away while the real job runs on a real cluster.
 */
@Tag("fault")
final class ClusterFaultIT {
  private static final int EXECUTOR_KILLS = 5;
  private static final int DRIVER_KILLS = 20;

  /** For what happens once, at the beginning. */
  private static final String[] SHORT = {"--set", "training.epochs=4"};

  @TempDir private static Path directory;
  private static StandaloneCluster cluster;
  private static RunsUnderTest expected;
  private static RunsUnderTest expectedShort;
  private static int outputs;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    cluster = StandaloneCluster.start(directory.resolve("cluster"), 2);
    prepare(shards());
    expected = undisturbed("undisturbed");
    expectedShort = undisturbed("undisturbed-short", SHORT);
  }

  private static RunsUnderTest undisturbed(String name, String... more) throws Exception {
    Path runs = directory.resolve(name);
    ScriptRun trained =
        StandaloneCluster.run(
            nextOutput(), "submit/train.sh", arguments("local[2]", shards(), runs, more));
    assertThat(trained.exitCode()).as(trained.output()).isZero();
    return new RunsUnderTest(runs);
  }

  @AfterAll
  static void endTheCluster() throws Exception {
    cluster.close();
  }

  @Test
  void executorsAreKilledInTheMiddleOfRounds() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("executors"));
    SplittableRandom random = new SplittableRandom(1);
    Path output = nextOutput();
    Process driver = train(output, runs);
    List<String> places = new ArrayList<>();
    for (int kill = 0; kill < EXECUTOR_KILLS; kill++) {
      awaitRounds(driver, runs, 1 + random.nextInt(5));
      OwnJvm.await(driver, () -> !cluster.executors().isEmpty());
      List<ProcessHandle> executors = cluster.executors();
      executors.get(random.nextInt(executors.size())).destroyForcibly();
      assertThat(driver.isAlive()).as(Files.readString(output)).isTrue();
      places.add(runs.newestCheckpoint());
    }
    System.out.println("killed an executor after " + places);
    assertEndsAsUndisturbed(driver, output, runs);
    assertThat(Files.readString(output)).containsOnlyOnce("epoch  1/");
  }

  @Test
  void aWorkerIsLostForGoodAndAnotherJoinsLate() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("workers"));
    Path output = nextOutput();
    Process driver = train(output, runs);
    awaitRounds(driver, runs, 2);
    List<ProcessHandle> executors = cluster.executors();
    cluster.kill("worker-1");
    OwnJvm.await(driver, () -> executors.stream().filter(ProcessHandle::isAlive).count() < 2);
    awaitRounds(driver, runs, 3);
    assertThat(cluster.executors()).hasSize(1);
    String without = runs.newestCheckpoint();

    cluster.add("worker");
    OwnJvm.await(driver, () -> cluster.executors().size() == 2);
    awaitRounds(driver, runs, 3);
    System.out.println(
        "without a Worker until "
            + without
            + ", with another one before "
            + runs.newestCheckpoint());
    assertThat(driver.isAlive()).as(Files.readString(output)).isTrue();
    assertEndsAsUndisturbed(driver, output, runs);
  }

  @Test
  @Tag("endurance")
  void theDriverIsKilledAtRandomMoments() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("drivers"));
    List<String> places = new ArrayList<>();
    int published = 0;
    while (places.size() < DRIVER_KILLS) {
      int kill = places.size();
      Path output = nextOutput();
      Process driver = train(output, runs);
      // Every fourth one while it publishes, every other one of the rest while it saves.
      OwnJvm.awaitSaid(driver, output, "Deal the training images");
      if (kill % 4 == 3) {
        int files = 1 + random.nextInt(12);
        OwnJvm.await(driver, () -> stagedFiles(runs) >= files);
      } else {
        awaitRounds(driver, runs, random.nextInt(4));
        if (kill % 2 == 1) {
          OwnJvm.await(driver, () -> unfinishedCheckpoint(runs));
        }
      }
      String place = stagedFiles(runs) + " files staged, after " + runs.newestCheckpoint();
      driver.destroyForcibly().waitFor();
      runs.assertNothingHalfPublished();
      if (!runs.isPublished()) {
        places.add(place);
        continue;
      }
      // It was faster than the kill: the run is whole, and the next one begins anew.
      assertSame(expected, runs);
      Files.move(runs.run(), directory.resolve("published-" + published++));
    }
    places.forEach(place -> System.out.println("killed the driver with " + place));
    System.out.println("published before it was killed: " + published);
    Path output = nextOutput();
    assertEndsAsUndisturbed(train(output, runs), output, runs);
    runs.assertOnlyTheRunIsLeft();
  }

  @Test
  void theDriverIsAskedToEnd() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("terminated"));
    Path output = nextOutput();
    Process driver = train(output, runs, SHORT);
    awaitRounds(driver, runs, 2);
    driver.destroy(); // SIGTERM
    assertThat(driver.waitFor()).as(Files.readString(output)).isEqualTo(7);
    assertThat(Files.readString(output)).contains("Run the same again to go on from there.");
    System.out.println("asked the driver to end after " + runs.newestCheckpoint());
    Path again = nextOutput();
    assertEndsAs(expectedShort, train(again, runs, SHORT), again, runs);
    assertThat(Files.readString(again)).contains("Going on from a checkpoint: epoch ");
  }

  @Test
  void shardsThatWereDamagedAfterPreparingAreNamed() throws Exception {
    Path damaged = directory.resolve("damaged");
    prepare(damaged);
    Path shard = aTrainingShard(damaged);
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    replace(shard, bytes);
    assertNamed(trainOnce(damaged), shard);
    delete(shard);
    assertNamed(trainOnce(damaged), shard);
  }

  @Test
  void shardsThatVanishDuringTrainingAreNamedWhenTheyAreNeededAgain() throws Exception {
    Path vanishing = directory.resolve("vanishing");
    prepare(vanishing);
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("runs-vanishing"));
    Path output = nextOutput();
    Process driver = train(output, vanishing, runs, SHORT);
    awaitRounds(driver, runs, 2);
    Path shard = aTrainingShard(vanishing);
    delete(shard);
    cluster.executors().forEach(ProcessHandle::destroyForcibly);
    int exitCode = driver.waitFor();
    assertNamed(new ScriptRun(exitCode, Files.readString(output)), shard);
    // What was trained is not lost: with the shard back, the training goes on.
    delete(vanishing);
    prepare(vanishing);
    Path again = nextOutput();
    assertEndsAs(expectedShort, train(again, vanishing, runs, SHORT), again, runs);
    assertThat(Files.readString(again)).contains("Going on from a checkpoint: epoch ");
  }

  @Test
  void aTaskThatAlwaysThrowsEndsTheTrainingWithItsCause() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("throwing"));
    String testClasses =
        Path.of(ThrowingTasks.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    ScriptRun failed =
        StandaloneCluster.run(
            nextOutput(),
            "submit/train.sh",
            arguments(
                cluster.master(),
                shards(),
                runs.path(),
                "--spark-conf",
                "spark.plugins=" + ThrowingTasks.class.getName(),
                "--spark-conf",
                "spark.driver.extraClassPath=" + testClasses,
                "--spark-conf",
                "spark.executor.extraClassPath=" + testClasses));
    assertThat(failed.exitCode()).as(failed.output()).isEqualTo(1);
    assertThat(lastLine(failed)).contains("centroid: ").contains(ThrowingTasks.MESSAGE);
    assertThat(failed.output()).doesNotContain("\tat ");
  }

  private static void assertNamed(ScriptRun failed, Path shard) {
    assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
    assertThat(lastLine(failed))
        .contains("centroid: Cannot ")
        .contains(shard.getFileName().toString());
  }

  private static String lastLine(ScriptRun run) {
    String line = run.output().lines().reduce((first, last) -> last).orElse("");
    System.out.println(line);
    return line;
  }

  private static void assertEndsAsUndisturbed(Process driver, Path output, RunsUnderTest runs)
      throws Exception {
    assertEndsAs(expected, driver, output, runs);
  }

  private static void assertEndsAs(
      RunsUnderTest undisturbed, Process driver, Path output, RunsUnderTest runs) throws Exception {
    int exitCode = driver.waitFor();
    assertThat(exitCode).as(Files.readString(output)).isZero();
    assertSame(undisturbed, runs);
    System.out.println("parametersSha256 " + runs.outcome().get("parametersSha256").asText());
  }

  private static void assertSame(RunsUnderTest undisturbed, RunsUnderTest runs) throws IOException {
    assertThat(runs.outcome()).isEqualTo(undisturbed.outcome());
    assertThat(runs.history()).isEqualTo(undisturbed.history());
  }

  private static ScriptRun trainOnce(Path shards) throws Exception {
    return StandaloneCluster.run(
        nextOutput(),
        "submit/train.sh",
        arguments(cluster.master(), shards, directory.resolve("runs-" + outputs)));
  }

  private static Process train(Path output, RunsUnderTest runs, String... more) throws IOException {
    return train(output, shards(), runs, more);
  }

  private static Process train(Path output, Path shards, RunsUnderTest runs, String... more)
      throws IOException {
    return StandaloneCluster.start(
        output, "submit/train.sh", arguments(cluster.master(), shards, runs.path(), more));
  }

  private static void prepare(Path shards) throws Exception {
    ScriptRun prepared =
        StandaloneCluster.run(
            nextOutput(), "data-prep/prepare.sh", StandInShards.arguments(shards.toString(), 2));
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
  }

  private static String[] arguments(String master, Path shards, Path runs, String... more) {
    return StandaloneCluster.options(master)
        .with("--shards", shards.toString(), "--runs", runs.toString())
        .set(
            "training.epochs=20",
            "training.workers=3",
            "training.minibatch-size=16",
            "averaging.frequency=10",
            "averaging.outer-momentum=0.5",
            "checkpoint.every-rounds=1")
        .with((Object[]) more)
        .toArray();
  }

  private static Path shards() {
    return directory.resolve("shards");
  }

  private static synchronized Path nextOutput() {
    return directory.resolve("output-" + outputs++ + ".out");
  }

  private static void awaitRounds(Process driver, RunsUnderTest runs, int checkpoints)
      throws Exception {
    for (int i = 0; i < checkpoints; i++) {
      String passed = runs.newestCheckpoint();
      OwnJvm.await(driver, () -> !runs.newestCheckpoint().equals(passed));
    }
  }

  private static boolean unfinishedCheckpoint(RunsUnderTest runs) {
    return runs.checkpoints().map(path -> count(path, ".unfinished-")).orElse(0L) > 0;
  }

  private static long stagedFiles(RunsUnderTest runs) {
    try (Stream<Path> entries = Files.list(runs.path())) {
      return entries
          .filter(entry -> entry.toString().contains(".staging-"))
          .findFirst()
          .map(staging -> count(staging, ""))
          .orElse(0L);
    } catch (IOException e) {
      return 0;
    }
  }

  private static long count(Path in, String part) {
    try (Stream<Path> files = Files.list(in)) {
      return files.filter(file -> file.toString().contains(part)).count();
    } catch (IOException e) {
      return 0; // gone meanwhile
    }
  }

  private static Path aTrainingShard(Path shards) throws IOException {
    try (Stream<Path> files = Files.list(shards.resolve("split=train"))) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.write(file, bytes);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.centroid.CommandLine;
import io.centroid.OwnJvm;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way between executors is cut, in a network namespace where what is for one port gets nowhere,
 * while all else arrives.
 */
@Tag("fault")
@Tag("endurance")
final class CutNetworkIT {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  /** Nobody else listens in the namespace. */
  private static final int PORT = 45_000;

  private static final String FALLBACK =
      "Rounds: a Spark job each, not between the executors: Cannot reach executor ";
  private static final String MADE_AGAIN = "Rounds are made again from round ";

  @TempDir private static Path directory;
  private static Process namespace;
  private static String master;
  private static JsonNode expected;
  private static int outputs;

  @BeforeAll
  static void startAClusterInANamespace() throws Exception {
    namespace =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh",
                "-c",
                "ip link set lo up && ip rule add pref 10 table local && ip rule del pref 0 && echo ready && exec cat")
            .redirectErrorStream(true)
            .start();
    String answer = namespace.inputReader().readLine();
    assumeThat(answer).as("the right to make a network namespace").isEqualTo("ready");
    Path cluster = directory.resolve("cluster");
    run(
        CommandLine.of(HOME.resolve("submit/cluster-local.sh").toString(), "up")
            .with("--directory", cluster, "--workers", 2, "--datanodes", 0)
            .toArray());
    master = Files.readString(cluster.resolve("master.address")).strip();
    RunsUnderTest undisturbed = new RunsUnderTest(directory.resolve("undisturbed"));
    assertThat(train(undisturbed, "local[2]").waitFor()).isZero();
    expected = undisturbed.outcome();
  }

  @AfterAll
  static void endTheCluster() throws Exception {
    if (master != null) {
      run(
          HOME.resolve("submit/cluster-local.sh").toString(),
          "down",
          "--directory",
          directory.resolve("cluster").toString());
    }
    namespace.destroy();
  }

  @Test
  void whereExecutorsCannotReachEachOtherEveryRoundIsAJob() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("never"));
    cut("add");
    assertFallsBack(train(runs, master), runs);
  }

  @Test
  void aConnectionThatIsCutForAWhileCostsTheRoundsUnderWay() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("for-a-while"));
    Process driver = train(runs, master);
    awaitACheckpoint(driver, runs);
    cut("add");
    await(driver, MADE_AGAIN);
    cut("del");
    assertEndsAsUndisturbed(driver, runs);
    assertThat(log()).contains(MADE_AGAIN);
    assertThat(output()).doesNotContain(FALLBACK);
  }

  @Test
  void aConnectionThatIsCutForGoodIsNotUsedAnyMore() throws Exception {
    RunsUnderTest runs = new RunsUnderTest(directory.resolve("for-good"));
    Process driver = train(runs, master);
    awaitACheckpoint(driver, runs);
    cut("add");
    assertFallsBack(driver, runs);
  }

  /** What is sent to where executors listen for each other gets nowhere from now on, or does. */
  private static void cut(String action) throws Exception {
    run(
        "ip",
        "rule",
        action,
        "pref",
        "5",
        "ipproto",
        "tcp",
        "dport",
        PORT + "-" + (PORT + 16),
        "blackhole");
  }

  private static Process train(RunsUnderTest runs, String at) throws IOException {
    outputs++;
    CommandLine arguments =
        StandaloneCluster.options(at)
            .with("--shards", StandInShards.ready(), "--runs", runs.path())
            .with("--spark-conf", "spark.centroid.peers.port=" + PORT)
            .with("--spark-conf", "spark.centroid.peers.timeout=2s")
            .set(
                "training.epochs=4",
                "training.workers=3",
                "training.minibatch-size=16",
                "averaging.frequency=2",
                "checkpoint.every-rounds=5");
    return start(
        outputFile(),
        CommandLine.of(HOME.resolve("submit/train.sh").toString()).with(arguments).toArray());
  }

  private static void awaitACheckpoint(Process driver, RunsUnderTest runs) throws Exception {
    String none = runs.newestCheckpoint();
    OwnJvm.await(driver, () -> !runs.newestCheckpoint().equals(none));
  }

  private static void await(Process driver, String line) throws Exception {
    OwnJvm.await(driver, () -> log().contains(line));
  }

  /** With a network that is cut until the end of the training. */
  private static void assertFallsBack(Process driver, RunsUnderTest runs) throws Exception {
    try {
      assertEndsAsUndisturbed(driver, runs);
    } finally {
      cut("del");
    }
    assertThat(output()).containsOnlyOnce(FALLBACK);
  }

  private static void assertEndsAsUndisturbed(Process driver, RunsUnderTest runs) throws Exception {
    assertThat(driver.waitFor()).as(output()).isZero();
    assertThat(runs.outcome()).isEqualTo(expected);
  }

  private static Path outputFile() {
    return directory.resolve("output-" + outputs + ".out");
  }

  private static String output() throws IOException {
    return Files.readString(outputFile());
  }

  private static String log() throws IOException {
    Path log = Path.of(outputFile() + ".log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  private static void run(String... command) throws Exception {
    Path output = directory.resolve("command.out");
    assertThat(start(output, command).waitFor()).as(Files.readString(output)).isZero();
  }

  /** Starts a program in the namespace. */
  private static Process start(Path output, String... command) throws IOException {
    return StandaloneCluster.start(
        output,
        "/usr/bin/env",
        CommandLine.of("nsenter", "--net=/proc/" + namespace.pid() + "/ns/net")
            .with(command)
            .toArray());
  }
}

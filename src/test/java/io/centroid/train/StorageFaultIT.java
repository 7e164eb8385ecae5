package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.centroid.CommandLine;
import io.centroid.OwnJvm;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real job on a real cluster with everything on a real HDFS, which fails in its ways. */
@Tag("fault")
final class StorageFaultIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static java.nio.file.Path directory;
  private static StandaloneCluster cluster;
  private static DistributedFileSystem hdfs;
  private static JsonNode expectedOutcome;
  private static int outputs;

  @BeforeAll
  static void trainOnHdfs() throws Exception {
    cluster = StandaloneCluster.start(directory.resolve("cluster"), 1, 2);
    hdfs =
        (DistributedFileSystem)
            FileSystem.newInstance(URI.create(cluster.hdfs()), new Configuration());
    ScriptRun prepared =
        StandaloneCluster.run(
            nextOutput(),
            "data-prep/prepare.sh",
            StandInShards.arguments(shards(), 2, "--spark-conf", "spark.hadoop.dfs.replication=2"));
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    ScriptRun undisturbed = train("/undisturbed");
    assertThat(undisturbed.exitCode()).as(undisturbed.output()).isZero();
    expectedOutcome = outcome("/undisturbed");
  }

  @AfterAll
  static void end() throws Exception {
    hdfs.close();
    cluster.close();
  }

  @Test
  void onHdfsItIsTheSameModelAsOnThisMachinesDisk() throws Exception {
    java.nio.file.Path runs = directory.resolve("runs");
    ScriptRun local = run(nextOutput(), arguments("local[2]", shards(), runs.toUri().toString()));
    assertThat(local.exitCode()).as(local.output()).isZero();
    assertThat(new RunsUnderTest(runs).outcome()).isEqualTo(expectedOutcome);
    System.out.println("parametersSha256 " + expectedOutcome.get("parametersSha256").asText());

    ScriptRun evaluated =
        StandaloneCluster.run(
            nextOutput(),
            "submit/centroid.sh",
            "evaluate",
            "--model",
            published("/undisturbed").toString(),
            "--shards",
            shards());
    assertThat(evaluated.exitCode()).as(evaluated.output()).isZero();
    assertThat(evaluated.output())
        .contains(
            "accuracy %.2f %%".formatted(100 * expectedOutcome.get("testAccuracy").asDouble()));
  }

  /** As with the HADOOP_CONF_DIR of a cluster; what is asked for is here. */
  @Test
  void onAFileSystemOfItsOwnAFileOfThisMachineIsNamed() throws Exception {
    java.nio.file.Path here = Files.createDirectories(directory.resolve("here"));
    String[][] options = {
      {"prepare", "--data", here.toString(), "--shards", "/other"},
      {"train", "--shards", here.toString(), "--runs", "/other"},
      {"runs", here.toString()},
      {"report", here.toString()},
      {"compare", here.toString(), "/undisturbed"},
      {"models", "--models", here.toString()},
      {"gate", "--run", here.toString(), "--models", "/models", "--name", "m"},
      {
        "score",
        "--model",
        published("/undisturbed").toString(),
        "--images",
        here.toString(),
        "--output",
        "/other"
      },
    };
    for (String[] command : options) {
      CommandLine arguments =
          CommandLine.of(command)
              .with("--spark-conf", "spark.hadoop.fs.defaultFS=" + cluster.hdfs());
      ScriptRun refused =
          StandaloneCluster.run(nextOutput(), "submit/centroid.sh", arguments.toArray());
      assertRefused(
          refused, command[0].equals("runs") ? 2 : 3, cluster.hdfs() + here + ": found no");
      assertThat(refused.output())
          .endsWith(" It is on this machine: give file:" + here + " instead.\n");
    }
    assertThat(hdfs.exists(new Path("/other"))).isFalse();
  }

  @Test
  void aDatanodeIsKilled() throws Exception {
    java.nio.file.Path output = nextOutput();
    Process driver = start(output, "/datanode");
    awaitCheckpoint(driver, "/datanode");
    cluster.kill("datanode-1");
    assertThat(driver.isAlive()).as(Files.readString(output)).isTrue();
    System.out.println("killed a DataNode after " + newestCheckpoint("/datanode"));
    assertThat(driver.waitFor()).as(Files.readString(output)).isZero();
    assertThat(outcome("/datanode")).isEqualTo(expectedOutcome);
    cluster.add("datanode");
  }

  @Test
  void theNamenodeIsInSafeMode() throws Exception {
    java.nio.file.Path output = nextOutput();
    Process driver = start(output, "/safe-mode");
    awaitCheckpoint(driver, "/safe-mode");
    hdfs.setSafeMode(SafeModeAction.SAFEMODE_ENTER);
    int exitCode = driver.waitFor();
    ScriptRun begun = train("/safe-mode");
    ScriptRun prepared =
        StandaloneCluster.run(
            nextOutput(),
            "data-prep/prepare.sh",
            "--stand-in",
            "--shards",
            cluster.hdfs() + "/other-shards");
    hdfs.setSafeMode(SafeModeAction.SAFEMODE_LEAVE);
    assertRefused(new ScriptRun(exitCode, Files.readString(output)), 8, "safe mode");
    assertRefused(begun, 8, "safe mode");
    assertRefused(prepared, 8, "safe mode");
    assertGoesOn("/safe-mode");
  }

  @Test
  void theRunDirectoryIsFull() throws Exception {
    ScriptRun other = train("/full", "--set", "training.epochs=1");
    assertThat(other.exitCode()).as(other.output()).isZero();
    Path published = published("/full");
    String outcome = read(new Path(published, "outcome.json"));
    long used = hdfs.getContentSummary(new Path("/full")).getSpaceConsumed();
    java.nio.file.Path output = nextOutput();
    Process driver = start(output, "/full");
    awaitCheckpoint(driver, "/full");
    hdfs.setQuota(new Path("/full"), HdfsConstants.QUOTA_DONT_SET, used + 1);
    int exitCode = driver.waitFor();
    assertRefused(new ScriptRun(exitCode, Files.readString(output)), 8, "quota");
    assertThat(read(new Path(published, "outcome.json"))).isEqualTo(outcome);
    assertThat(hdfs.exists(new Path(published, "_SUCCESS"))).isTrue();

    hdfs.setQuota(new Path("/full"), HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
    ScriptRun again = train("/full");
    assertThat(again.exitCode()).as(again.output()).isZero();
    assertThat(again.output()).contains("Going on from a checkpoint: epoch ");
    hdfs.delete(published, true);
    assertThat(outcome("/full")).isEqualTo(expectedOutcome);
  }

  @Test
  void theUserMayNotWrite() throws Exception {
    hdfs.mkdirs(new Path("/forbidden"));
    java.nio.file.Path output = nextOutput();
    Process driver =
        StandaloneCluster.start(
            output,
            Map.of("HADOOP_USER_NAME", "nobody-of-note"),
            "submit/train.sh",
            arguments(cluster.master(), shards(), cluster.hdfs() + "/forbidden"));
    int exitCode = driver.waitFor();
    assertRefused(
        new ScriptRun(exitCode, Files.readString(output)),
        2,
        "Permission denied: user=nobody-of-note");
    assertThat(hdfs.listStatus(new Path("/forbidden"))).isEmpty();
  }

  @Test
  void thisMachinesDiskIsFull() throws Exception {
    java.nio.file.Path small = Files.createDirectories(directory.resolve("small"));
    assumeThat(mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()))
        .as("a file system of 1 MB can be mounted here, which takes root")
        .isZero();
    try {
      String[] arguments =
          arguments("local[2]", shards(), small.resolve("runs").toUri().toString());
      assertRefused(run(nextOutput(), arguments), 8, "No space left on device");
      new RunsUnderTest(small.resolve("runs")).assertNothingHalfPublished();
      assertThat(mount("-o", "remount,size=100m", small.toString())).isZero();
      ScriptRun again = run(nextOutput(), arguments);
      assertThat(again.exitCode()).as(again.output()).isZero();
      assertThat(new RunsUnderTest(small.resolve("runs")).outcome()).isEqualTo(expectedOutcome);
    } finally {
      assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
    }
  }

  private static int mount(String... arguments) throws IOException, InterruptedException {
    return new ProcessBuilder(CommandLine.of("mount").with(arguments).list()).start().waitFor();
  }

  private static void assertRefused(ScriptRun failed, int exitCode, String reason) {
    String last = failed.output().lines().reduce((first, line) -> line).orElse("");
    System.out.println(last);
    assertThat(failed.exitCode()).as(failed.output()).isEqualTo(exitCode);
    assertThat(last).startsWith("centroid: Cannot ").contains(reason);
  }

  private static void assertGoesOn(String runs) throws Exception {
    ScriptRun again = train(runs);
    assertThat(again.exitCode()).as(again.output()).isZero();
    assertThat(again.output()).contains("Going on from a checkpoint: epoch ");
    assertThat(outcome(runs)).isEqualTo(expectedOutcome);
  }

  private static Process start(java.nio.file.Path output, String runs) throws IOException {
    return StandaloneCluster.start(
        output, "submit/train.sh", arguments(cluster.master(), shards(), cluster.hdfs() + runs));
  }

  private static ScriptRun train(String runs, String... more) throws Exception {
    return run(nextOutput(), arguments(cluster.master(), shards(), cluster.hdfs() + runs, more));
  }

  private static ScriptRun run(java.nio.file.Path output, String... arguments) throws Exception {
    return StandaloneCluster.run(output, "submit/train.sh", arguments);
  }

  private static String[] arguments(String master, String shards, String runs, String... more) {
    return StandaloneCluster.options(master)
        .with("--spark-conf", "spark.hadoop.dfs.replication=2")
        .with("--shards", shards, "--runs", runs)
        .set(
            "network.hidden-widths=[64]",
            "training.epochs=6",
            "training.workers=3",
            "training.minibatch-size=16",
            "averaging.frequency=10",
            "checkpoint.every-rounds=1")
        .with(more)
        .toArray();
  }

  private static String shards() {
    return cluster.hdfs() + "/shards";
  }

  private static synchronized java.nio.file.Path nextOutput() {
    return directory.resolve("output-" + outputs++ + ".out");
  }

  private static void awaitCheckpoint(Process driver, String runs) throws Exception {
    OwnJvm.await(driver, () -> !newestCheckpoint(runs).isEmpty());
  }

  private static String newestCheckpoint(String runs) throws IOException {
    FileStatus[] found = hdfs.globStatus(new Path(runs, ".*.checkpoints/*.checkpoint"));
    return found == null
        ? ""
        : Arrays.stream(found)
            .map(file -> file.getPath().getName())
            .max(Comparator.naturalOrder())
            .orElse("");
  }

  /** The first run that is published under a directory. */
  private static Path published(String runs) throws IOException {
    return hdfs.globStatus(new Path(runs, "*/_SUCCESS"))[0].getPath().getParent();
  }

  private static JsonNode outcome(String runs) throws IOException {
    ObjectNode outcome =
        (ObjectNode) JSON.readTree(read(new Path(published(runs), "outcome.json")));
    return outcome.remove(List.of("trainSeconds", "imagesPerSecond"));
  }

  private static String read(Path file) throws IOException {
    try (InputStream in = hdfs.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

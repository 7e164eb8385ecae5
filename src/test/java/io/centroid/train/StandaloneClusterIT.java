package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.centroid.CommandLine;
import io.centroid.OwnJvm;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real job jar on a real cluster: a Master, two Workers, an executor on each. */
final class StandaloneClusterIT {
  /** Starts with one executor and asks for more while tasks wait. */
  private static final String[] DYNAMIC_ALLOCATION = {
    "--spark-conf", "spark.dynamicAllocation.enabled=true",
    "--spark-conf", "spark.dynamicAllocation.shuffleTracking.enabled=true",
    "--spark-conf", "spark.dynamicAllocation.minExecutors=1",
    "--spark-conf", "spark.dynamicAllocation.maxExecutors=2",
    "--spark-conf", "spark.dynamicAllocation.schedulerBacklogTimeout=1s",
    "--spark-conf", "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout=1s"
  };

  private static final String SECURED =
      """
      spark.authenticate            true
      spark.authenticate.secret     between us
      spark.network.crypto.enabled  true
      spark.io.encryption.enabled   true
      """;

  /**
   * More workers than one place averages, so that there is a broadcast down and a tree of sums up;
   * and the other network.
   */
  private static final String[] TREE = {
    "--set", "averaging.fan-in=2",
    "--set", "network.kind=channel-dense",
    "--set", "network.hidden-widths=[8, 16]"
  };

  @TempDir private Path directory;

  @Test
  void twoExecutorsGiveTheSameBitsAsOneProcess() throws Exception {
    Path shards = StandInShards.ready();
    JsonNode local = trainHere(shards, "local");
    JsonNode localTree = trainHere(shards, "local-tree", TREE);
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
      JsonNode distributed = train(cluster.master(), shards, "cluster");
      assertThat(distributed.get("parametersSha256")).isEqualTo(local.get("parametersSha256"));
      assertThat(distributed.get("testAccuracy")).isEqualTo(local.get("testAccuracy"));
      assertThat(distributed.get("examplesPerEpoch").asInt()).isEqualTo(1800);

      JsonNode tree = train(cluster.master(), shards, "tree", TREE);
      assertThat(tree.get("parametersSha256")).isEqualTo(localTree.get("parametersSha256"));

      JsonNode elastic = train(cluster.master(), shards, "elastic", DYNAMIC_ALLOCATION);
      assertThat(elastic.get("parametersSha256")).isEqualTo(local.get("parametersSha256"));

      String large = "network.kind=channel-dense";
      ScriptRun driver =
          run(cluster.master(), shards, "driver", "--set", large, "--driver-memory", "1g");
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(8);
      assertThat(driver.output())
          .contains("Cannot train: found 1,024 MB of driver memory, expected at least 3,840 MB")
          .contains("Use --driver-memory 3840m");
      ScriptRun executor =
          run(cluster.master(), shards, "executor", "--set", large, "--driver-memory", "4g");
      assertThat(executor.exitCode()).as(executor.output()).isEqualTo(8);
      assertThat(executor.output())
          .contains("Cannot train: found 1,024 MB of executor memory, expected at least")
          .doesNotContain("Deal the training images");
    }
    // Both Workers ran an executor of all five applications.
    for (String worker : new String[] {"worker-1", "worker-2"}) {
      try (Stream<Path> applications = Files.list(directory.resolve("cluster").resolve(worker))) {
        assertThat(applications.map(path -> path.getFileName().toString()))
            .filteredOn(name -> name.startsWith("app-"))
            .hasSize(5);
      }
    }
  }

  /** Nothing of that has an effect in one process. */
  @Test
  @Tag("fault")
  void aClusterThatSecuresSpeculatesAndAllocatesPreparesTrainsAndScoresTheSame() throws Exception {
    Path shards = StandInShards.ready();
    JsonNode local = trainHere(shards, "local");
    Path conf = Files.createDirectories(directory.resolve("conf"));
    Files.writeString(
        conf.resolve("spark-defaults.conf"),
        SECURED
            + """
            spark.speculation             true
            spark.speculation.interval    10ms
            spark.speculation.quantile    0.1
            spark.speculation.multiplier  1
            spark.dynamicAllocation.enabled                  true
            spark.dynamicAllocation.shuffleTracking.enabled  true
            spark.dynamicAllocation.minExecutors             1
            spark.dynamicAllocation.maxExecutors             2
            """);
    Map<String, String> secured = Map.of("SPARK_CONF_DIR", conf.toString());
    try (StandaloneCluster cluster =
        StandaloneCluster.start(directory.resolve("cluster"), 2, secured)) {
      Path prepared = directory.resolve("shards");
      String[] commands =
          StandaloneCluster.options(cluster.master())
              .with(StandInShards.arguments(prepared.toString(), 4))
              .with("--and", "train")
              .with(training(prepared, "secured"))
              .toArray();
      ScriptRun trained =
          StandaloneCluster.run(
              directory.resolve("secured.out"), secured, "data-prep/prepare.sh", commands);
      assertThat(trained.exitCode()).as(trained.output()).isZero();
      assertThat(trained.output()).doesNotContainPattern("INFO|WARN|SLF4J");
      assertThat(Files.readString(prepared.resolve("manifest.json")))
          .isEqualTo(Files.readString(shards.resolve("manifest.json")));
      assertThat(outcome("secured").get("parametersSha256"))
          .isEqualTo(local.get("parametersSha256"));
      CommandLine here = scoring(shards, "local", "scores-local");
      CommandLine.of("score").with(here).done();
      ScriptRun scored =
          StandaloneCluster.run(
              directory.resolve("scored.out"),
              secured,
              "submit/centroid.sh",
              CommandLine.of("score")
                  .with(StandaloneCluster.options(cluster.master()))
                  .with(scoring(prepared, "secured", "scores-secured"))
                  .toArray());
      assertThat(scored.exitCode()).as(scored.output()).isZero();
      assertThat(rows("scores-secured")).hasSize(500).isEqualTo(rows("scores-local"));
    }
  }

  private CommandLine scoring(Path shards, String run, String output) throws IOException {
    return CommandLine.of("--shards", shards, "--split", "test", "--format", "csv")
        .with("--model", new RunsUnderTest(directory.resolve("runs-" + run)).run())
        .with("--output", directory.resolve(output));
  }

  /** Of a table, in the order of their ids. */
  private List<String> rows(String table) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(table))) {
      List<String> rows = new ArrayList<>();
      for (Path file : files.filter(part -> part.toString().endsWith(".csv")).toList()) {
        List<String> lines = Files.readAllLines(file);
        rows.addAll(lines.subList(1, lines.size()));
      }
      return rows.stream().sorted().toList();
    }
  }

  /** Everything that crosses the wire is encrypted, and packed by Java's serializer. */
  @Test
  @Tag("fault")
  @Tag("endurance")
  void aSecuredClusterGivesTheSameBits() throws Exception {
    Path shards = StandInShards.ready();
    JsonNode local = trainHere(shards, "local");
    JsonNode localTree = trainHere(shards, "local-tree", TREE);
    Path conf = Files.createDirectories(directory.resolve("conf"));
    Files.writeString(
        conf.resolve("spark-defaults.conf"),
        SECURED
            + """
        spark.serializer              org.apache.spark.serializer.JavaSerializer
        spark.kryo.registrator        no.such.Registrator
        spark.driver.maxResultSize    32m
        spark.rpc.message.maxSize     1
        """);
    Map<String, String> secured = Map.of("SPARK_CONF_DIR", conf.toString());
    try (StandaloneCluster cluster =
        StandaloneCluster.start(directory.resolve("cluster"), 2, secured)) {
      ScriptRun straight = run(secured, cluster.master(), shards, "straight");
      assertThat(straight.exitCode()).as(straight.output()).isZero();
      assertThat(straight.output()).doesNotContainPattern("INFO|WARN|SLF4J");
      assertThat(outcome("straight").get("parametersSha256"))
          .isEqualTo(local.get("parametersSha256"));
      JsonNode tree = train(secured, cluster.master(), shards, "tree", TREE);
      assertThat(tree.get("parametersSha256")).isEqualTo(localTree.get("parametersSha256"));
      String[] small = {"--spark-conf", "spark.driver.maxResultSize=1k"};
      ScriptRun bounded = run(secured, cluster.master(), shards, "bounded", small);
      assertThat(bounded.exitCode()).as(bounded.output()).isEqualTo(2);
      assertThat(bounded.output())
          .contains("centroid: Cannot go on: found spark.driver.maxResultSize=1k, expected room");
      String[] other = {"--spark-conf", "spark.authenticate.secret=of others"};
      ScriptRun stranger = run(secured, cluster.master(), shards, "stranger", other);
      assertThat(stranger.exitCode()).as(stranger.output()).isEqualTo(8);
      assertThat(stranger.output()).contains("centroid: Cannot ").doesNotContain("of others");
    }
  }

  /** Spark says nothing and waits as long as it takes, for Workers that may still come. */
  @Test
  @Tag("fault")
  void saysWhatIsWaitedFor() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 1)) {
      Path output = directory.resolve("waiting");
      Process waiting =
          StandaloneCluster.start(
              output,
              "data-prep/prepare.sh",
              StandaloneCluster.options(cluster.master())
                  .with("--executor-memory", "900g", "--spark-conf", "spark.executor.cores=64")
                  .with(StandInShards.arguments(directory.resolve("shards").toString(), 2))
                  .toArray());
      OwnJvm.awaitSaid(
          waiting,
          output,
          "Waiting for executors: found none after 15 s, expected some with 900g of memory and spark.executor.cores=64 each.");
      waiting.destroy();
      assertThat(waiting.waitFor()).as(Files.readString(output)).isEqualTo(7);
    }
  }

  /** Spark's own exit code would be 0 each time. */
  @Test
  @Tag("fault")
  void inClusterModeTheExitCodeIsTheProgramsToo() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
      ScriptRun done = inClusterMode(cluster, "summary");
      assertThat(done.exitCode()).as(done.output()).isZero();
      ScriptRun wrong = inClusterMode(cluster, "summary", "--set", "network.knid=x");
      assertThat(wrong.exitCode()).as(wrong.output()).isEqualTo(2);
      assertThat(wrong.output()).contains("centroid: ", "network.knid");
      // The script sends what is in a file that only this machine has; there the name is not found.
      Path settings = directory.resolve("settings.conf");
      Files.writeString(settings, "network.hidden-widths = [7");
      ScriptRun unreadable = inClusterMode(cluster, "summary", "--conf=" + settings);
      assertThat(unreadable.exitCode()).as(unreadable.output()).isEqualTo(2);
      assertThat(unreadable.output()).contains("centroid: Cannot use settings: ", "settings.conf");
      String shards = directory.resolve("none").toString();
      ScriptRun failed = inClusterMode(cluster, "train", "--shards", shards, "--runs", shards);
      assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
      assertThat(failed.output()).contains("centroid: Cannot open shards file:" + shards);
      // One core is the driver's, and the other too few for a task.
      String[] large = {
        "--spark-conf", "spark.task.cpus=2",
        "--spark-conf", "spark.executor.heartbeatInterval=1s",
      };
      ScriptRun waiting =
          inClusterMode(
              cluster,
              CommandLine.of("prepare")
                  .with(StandInShards.arguments(directory.resolve("waiting").toString(), 2, large))
                  .toArray());
      assertThat(waiting.exitCode()).as(waiting.output()).isEqualTo(2);
      assertThat(waiting.output())
          .contains(
              "centroid: Cannot go on: found no executor with more cores than 1, expected one that has spark.task.cpus=2. Lower it");
      // The driver never comes to run the program.
      ScriptRun unknown =
          inClusterMode(cluster, "summary", "--driver-java-options", "-javaagent:/none.jar");
      assertThat(unknown.exitCode()).as(unknown.output()).isEqualTo(1);
      assertThat(unknown.output()).contains("centroid: Cannot tell how the program ended: ");
    }
    try (Stream<Path> left = Files.list(directory.resolve("exit status"))) {
      assertThat(left).isEmpty();
    }
  }

  private ScriptRun inClusterMode(StandaloneCluster cluster, String... arguments)
      throws IOException, InterruptedException {
    CommandLine all =
        CommandLine.of(arguments)
            .with("--master", cluster.master(), "--deploy-mode", "cluster")
            .with("--exit-status-dir", "file:" + directory.resolve("exit status"))
            .with("--driver-memory", "1g", "--executor-memory", "1g");
    return StandaloneCluster.run(
        directory.resolve("in-cluster-mode-" + arguments.length + arguments[0] + ".out"),
        "submit/standalone.sh",
        all.toArray());
  }

  private JsonNode train(String master, Path shards, String name, String... more)
      throws IOException, InterruptedException {
    return train(Map.of(), master, shards, name, more);
  }

  private JsonNode train(
      Map<String, String> environment, String master, Path shards, String name, String... more)
      throws IOException, InterruptedException {
    ScriptRun trained = run(environment, master, shards, name, more);
    assertThat(trained.exitCode()).as(trained.output()).isZero();
    return outcome(name);
  }

  private ScriptRun run(String master, Path shards, String name, String... more)
      throws IOException, InterruptedException {
    return run(Map.of(), master, shards, name, more);
  }

  private ScriptRun run(
      Map<String, String> environment, String master, Path shards, String name, String... more)
      throws IOException, InterruptedException {
    CommandLine arguments = StandaloneCluster.options(master).with(training(shards, name, more));
    return StandaloneCluster.run(
        directory.resolve(name + ".out"), environment, "submit/train.sh", arguments.toArray());
  }

  /** In this JVM. */
  private JsonNode trainHere(Path shards, String name, String... more) throws IOException {
    CommandLine.of("train").with(training(shards, name, more)).done();
    return outcome(name);
  }

  private CommandLine training(Path shards, String name, String... more) {
    return CommandLine.of("--shards", shards.toString())
        .with("--runs", directory.resolve("runs-" + name).toString())
        .set("training.epochs=2", "training.workers=3", "averaging.frequency=5")
        .with(more);
  }

  private JsonNode outcome(String name) throws IOException {
    return new RunsUnderTest(directory.resolve("runs-" + name)).outcome();
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.Built;
import io.centroid.CommandLine;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real job jar on a real YARN with everything on its HDFS, by {@code submit/yarn.sh}. */
@Tag("fault")
final class YarnIT {
  private static final String RUNTIME = Built.TARGET.resolve("runtime/jars").toString();

  /** For a driver that fails before it needs executors. */
  private static final String[] WITHOUT_WAITING = {
    "--spark-conf", "spark.scheduler.minRegisteredResourcesRatio=0", "--num-executors", "1"
  };

  @TempDir private java.nio.file.Path directory;
  private StandaloneCluster yarn;
  private FileSystem hdfs;
  private int outputs;

  @Test
  void bothDeployModesGiveTheModelOfLocalModeAndTheProgramsExitCode() throws Exception {
    try (StandaloneCluster started = StandaloneCluster.startYarn(directory.resolve("yarn"));
        FileSystem opened =
            FileSystem.newInstance(URI.create(started.hdfs()), new Configuration())) {
      yarn = started;
      hdfs = opened;
      ScriptRun prepared = run("data-prep/prepare.sh", StandInShards.arguments("/shards", 2));
      assertThat(prepared.exitCode()).as(prepared.output()).isZero();
      ScriptRun local =
          run("submit/train.sh", training("/shards", "/local", "--master", "local[2]"));
      assertThat(local.exitCode()).as(local.output()).isZero();
      JsonNode expected = parameters("/local");

      ScriptRun client = byConfiguration("1", "/client");
      assertThat(client.exitCode()).as(client.output()).isZero();
      assertThat(parameters("/client")).isEqualTo(expected);
      assertThat(hdfs.exists(new Path("/staging"))).isTrue();
      ScriptRun refused = byConfiguration("many", "/refused");
      assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
      assertThat(refused.output().lines().filter(line -> line.startsWith("centroid: ")))
          .singleElement()
          .asString()
          .startsWith("centroid: Cannot start Spark: found spark.yarn.maxAppAttempts=many (");

      ScriptRun cluster = run("submit/yarn.sh", onYarn("cluster", "/shards", "/cluster"));
      assertThat(cluster.exitCode()).as(cluster.output()).isZero();
      assertThat(cluster.output()).doesNotContain("centroid: ");
      assertThat(parameters("/cluster")).isEqualTo(expected);

      // Both name the missing shards, also where the driver ran elsewhere.
      for (String deployMode : new String[] {"client", "cluster"}) {
        ScriptRun failed =
            run("submit/yarn.sh", onYarn(deployMode, "/none", "/failed", WITHOUT_WAITING));
        assertThat(failed.exitCode()).as(failed.output()).isEqualTo(3);
        assertThat(failed.output().lines().reduce("", (before, line) -> line))
            .startsWith("centroid: Cannot open shards " + yarn.hdfs() + "/none: found no manifest");
      }
      assertThat(hdfs.exists(new Path("/failed"))).isFalse();
      assertThat(hdfs.listStatus(new Path(hdfs.getHomeDirectory(), ".centroid"))).isEmpty();
    }
  }

  /** In client mode, all that is YARN's by the configuration of the cluster, as people have it. */
  private ScriptRun byConfiguration(String attempts, String runs) throws Exception {
    java.nio.file.Path configuration =
        Files.createDirectories(directory.resolve("configuration-" + attempts));
    Files.writeString(
        configuration.resolve("spark-defaults.conf"),
        """
        spark.master yarn
        spark.yarn.maxAppAttempts %s
        spark.yarn.stagingDir /staging
        spark.yarn.jars local:%s/*
        spark.executor.instances 2
        spark.executor.memory 1g
        """
            .formatted(attempts, RUNTIME));
    return run(
        Map.of("SPARK_CONF_DIR", configuration.toString()),
        "submit/train.sh",
        training("/shards", runs));
  }

  private String[] onYarn(String deployMode, String shards, String runs, String... more) {
    CommandLine arguments =
        CommandLine.of("train", "--deploy-mode", deployMode)
            .with("--num-executors", "2", "--executor-memory", "1g")
            // Otherwise 300 MB of jars would be uploaded for each application.
            .with("--spark-conf", "spark.yarn.jars=local:" + RUNTIME + "/*")
            .with("--spark-conf", "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1")
            .with(more);
    return training(shards, runs, arguments.toArray());
  }

  private static String[] training(String shards, String runs, String... more) {
    return CommandLine.of(more)
        .with("--driver-memory", "1g", "--shards", shards, "--runs", runs)
        .set("training.epochs=2", "training.workers=3", "averaging.frequency=5")
        .toArray();
  }

  private ScriptRun run(String script, String... arguments) throws Exception {
    return run(Map.of(), script, arguments);
  }

  private ScriptRun run(Map<String, String> environment, String script, String... arguments)
      throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("HADOOP_CONF_DIR", yarn.hadoopConf().toString());
    return StandaloneCluster.run(
        directory.resolve("output-" + outputs++ + ".out"), all, script, arguments);
  }

  private JsonNode parameters(String runs) throws IOException {
    FileStatus[] published = hdfs.globStatus(new Path(runs, "*/_SUCCESS"));
    assertThat(published).hasSize(1);
    try (InputStream in = hdfs.open(new Path(published[0].getPath().getParent(), "outcome.json"))) {
      return new ObjectMapper().readTree(in).required("parametersSha256");
    }
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.centroid.CommandLine;
import io.centroid.OwnJvm;
import io.centroid.S3Server;
import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards, checkpoints, runs and models in an object store, a real server behind s3a://. */
@Tag("fault")
final class S3IT {
  @TempDir private Path directory;
  private S3Server server;
  private int outputs;

  @Test
  void everythingCanBeInAnObjectStore() throws Exception {
    try (S3Server started = S3Server.start(directory.resolve("s3"))) {
      server = started;
      assertDone(step("prepare", StandInShards.arguments(server.path("shards"), 2)));
      assertNoneIsNewer("shards/manifest.json", server.objects("shards/"));

      Path local = directory.resolve("runs");
      assertDone(step("train", train(local.toUri().toString())));
      JsonNode expected = new RunsUnderTest(local).outcome();

      String interrupted = interruptedTraining();
      assertThat(server.objects("runs/").keySet()).noneMatch(key -> key.endsWith("_SUCCESS"));
      ScriptRun again = step("train", train(server.path("runs")));
      assertDone(again);
      assertThat(again.output()).contains("Going on from a checkpoint: epoch ");
      String run = "runs/" + expected.get("runId").asText();
      assertThat(outcome(run)).isEqualTo(expected);
      SortedMap<String, Instant> objects = server.objects("runs/");
      assertThat(objects).containsKeys(run + "/model.zip", run + "/report.html");
      objects.remove(run + "/report.html"); // it is made afterwards
      assertNoneIsNewer(run + "/_SUCCESS", objects);
      assertThat(objects.keySet()).allMatch(key -> key.startsWith(run + "/"));
      System.out.printf(
          "in an object store: interrupted after %s, then parametersSha256 %s%n",
          interrupted, expected.get("parametersSha256").asText());

      String[] model = {
        "--run", server.path(run), "--models", server.path("models"), "--name", "cifar"
      };
      assertDone(step("gate", model));
      // As a cluster's own configuration has it.
      Path conf = Files.createDirectory(directory.resolve("conf"));
      Files.write(conf.resolve("spark-defaults.conf"), server.properties());
      assertDone(
          StandaloneCluster.run(
              nextOutput(),
              Map.of("SPARK_CONF_DIR", conf.toString()),
              "submit/centroid.sh",
              CommandLine.of("promote").with(model).toArray()));
      assertThat(server.objects("models/cifar/versions/1/"))
          .containsKey("models/cifar/versions/1/model.zip");
      assertThat(server.read("models/cifar/current.json")).contains("\"version\" : 1");

      assertTrainedOnceByTwoAtOnce();
    }
  }

  private void assertTrainedOnceByTwoAtOnce() throws Exception {
    CommandLine training =
        CommandLine.of(train(server.path("twice"))).set("training.epochs=1", "training.seed=2");
    List<Path> outputs = List.of(nextOutput(), nextOutput());
    List<Process> both = new ArrayList<>();
    for (Path output : outputs) {
      both.add(
          StandaloneCluster.start(
              output, "submit/centroid.sh", arguments("train", training.toArray())));
    }
    int trained = 0;
    for (int i = 0; i < both.size(); i++) {
      int exitCode = both.get(i).waitFor();
      String output = Files.readString(outputs.get(i));
      if (exitCode == 6) {
        assertThat(output).contains("at the same work, expected nobody");
      } else {
        assertThat(exitCode).as(output).isZero();
        trained += output.contains("This work was done before.") ? 0 : 1;
      }
    }
    assertThat(trained).isEqualTo(1);
    assertThat(server.objects("twice/").keySet().stream().map(key -> key.split("/")[1]).distinct())
        .as("one run and nothing beside it")
        .hasSize(1);
  }

  /** Starts a training, asks it to end after its first checkpoint, and says which that was. */
  private String interruptedTraining() throws Exception {
    Path output = nextOutput();
    Process driver =
        StandaloneCluster.start(
            output, "submit/centroid.sh", arguments("train", train(server.path("runs"))));
    OwnJvm.await(driver, () -> !checkpoints().isEmpty());
    driver.destroy(); // SIGTERM
    assertThat(driver.waitFor()).as(Files.readString(output)).isEqualTo(7);
    return checkpoints().get(checkpoints().size() - 1);
  }

  private List<String> checkpoints() throws IOException, InterruptedException {
    return server.objects("runs/").keySet().stream()
        .filter(key -> key.endsWith(".checkpoint"))
        .toList();
  }

  private static void assertNoneIsNewer(String last, SortedMap<String, Instant> objects) {
    assertThat(objects).containsKey(last).hasSizeGreaterThan(6);
    assertThat(objects.values())
        .as("times of " + objects.keySet())
        .allMatch(time -> !time.isAfter(objects.get(last)));
  }

  private JsonNode outcome(String run) throws IOException, InterruptedException {
    ObjectNode outcome =
        (ObjectNode) new ObjectMapper().readTree(server.read(run + "/outcome.json"));
    return outcome.remove(List.of("trainSeconds", "imagesPerSecond"));
  }

  private String[] train(String runs) {
    return CommandLine.of("--shards", server.path("shards"), "--runs", runs)
        .set(
            "network.hidden-widths=[64]",
            "training.epochs=6",
            "training.minibatch-size=16",
            "averaging.frequency=10",
            "checkpoint.every-rounds=1")
        .toArray();
  }

  private ScriptRun step(String subcommand, String... options) throws Exception {
    return StandaloneCluster.run(
        nextOutput(), "submit/centroid.sh", arguments(subcommand, options));
  }

  private String[] arguments(String subcommand, String... options) {
    return CommandLine.of(subcommand, "--master", "local[2]", "--driver-memory", "1g")
        .with(server.arguments())
        .with(options)
        .toArray();
  }

  private static void assertDone(ScriptRun step) {
    assertThat(step.exitCode()).as(step.output()).isZero();
  }

  private Path nextOutput() {
    return directory.resolve("output-" + outputs++ + ".out");
  }
}

package io.centroid.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLine;
import io.centroid.OwnJvm;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code submit/pipeline.sh} as a scheduler runs it, on small stand-in data. One night after the
 * other: each goes on from what the one before left.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PipelineIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LONG = "training.epochs=100000";
  @TempDir private static Path directory;
  private static int outputs;

  @Test
  @Order(1)
  void trainsPromotesAndNotifiesAndDoesItOnce() throws Exception {
    Path told = directory.resolve("told");
    Path sent = Files.createDirectory(directory.resolve("sent"));
    ScriptRun first =
        pipeline(
            "--notify",
            "printf '%s ' $CENTROID_STATUS $CENTROID_EXIT_CODE >> " + told + "; cp -t " + sent);
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output()).containsPattern("promote +done").contains("outcome in ");
    assertThat(told).hasContent("done 0 ");
    JsonNode outcome = outcome();
    assertThat(outcome.get("status").asText()).isEqualTo("done");
    assertThat(outcome.get("steps")).hasSize(4);
    assertThat(outcome.get("gate").get("status").asText()).isEqualTo("passed");
    assertThat(outcome.get("current").get("version").asInt()).isEqualTo(1);
    assertThat(outcome.get("trained").get("run").asText())
        .endsWith("runs/" + outcome.get("current").get("run").asText());
    assertThat(outcome.get("trained").get("outcome").get("testAccuracy").asDouble())
        .isEqualTo(outcome.get("gate").get("accuracy").asDouble());
    try (Stream<Path> files = Files.list(sent)) {
      assertThat(JSON.readTree(files.findFirst().orElseThrow().toFile())).isEqualTo(outcome);
    }
    assertThat(logs()).contains("prepare.log", "train.log", "gate.log", "promote.log");

    ScriptRun second = pipeline();
    assertThat(second.exitCode()).as(second.output()).isZero();
    assertThat(second.output()).contains("The run's model is current already.");
    JsonNode again = outcome();
    assertThat(again.get("trained")).isEqualTo(outcome.get("trained"));
    assertThat(again.get("current")).isEqualTo(outcome.get("current"));
    assertThat(again.get("gate")).isEqualTo(outcome.get("gate"));
    assertThat(again.get("steps")).hasSize(2);
    assertThat(newestLog("train.log")).contains("This work was done before.");
  }

  @Test
  @Order(2)
  void whatTheGateBlocksIsKeptAndTheHookMayFail() throws Exception {
    ScriptRun blocked =
        pipeline(
            "--set", "training.seed=2", "--set", "gate.minimum-accuracy=1", "--notify", "false");
    assertThat(blocked.exitCode()).as(blocked.output()).isEqualTo(5);
    assertThat(blocked.output())
        .containsPattern("gate +blocked")
        .doesNotContain("-promote.log")
        .contains("Warning: cannot notify: found exit code 1, expected exit code 0.")
        .contains("centroid: Cannot promote run ");
    JsonNode outcome = outcome();
    assertThat(outcome.get("status").asText()).isEqualTo("blocked");
    assertThat(outcome.get("exitCode").asInt()).isEqualTo(5);
    assertThat(outcome.get("gate").get("reasons").get(0).asText()).contains("at least 100.00 %");
    assertThat(outcome.get("current").get("version").asInt()).isEqualTo(1);
    Path run = Path.of(URI.create(outcome.get("trained").get("run").asText()).getPath());
    assertThat(run.resolve("model.zip")).exists();
  }

  @Test
  @Order(3)
  void aStepThatFailsGivesItsExitCodeAndItsMessage() throws Exception {
    Path told = directory.resolve("failed");
    ScriptRun failed =
        pipeline(
            "--set",
            "prepare.seed=9",
            "--notify",
            "printf '%s' \"$CENTROID_STATUS $CENTROID_MESSAGE\" > " + told + "; test -f");
    assertThat(failed.exitCode()).as(failed.output()).isEqualTo(2);
    String message = outcome().get("message").asText();
    assertThat(message).startsWith("Cannot ").contains("shards");
    assertThat(failed.output()).contains("centroid: " + message).doesNotContain("Warning");
    assertThat(told).hasContent("failed " + message);
    assertThat(outcome().get("steps")).hasSize(1);
  }

  @Test
  @Order(4)
  void terminatedItEndsTheStepAndGoesOnWhenRunAgain() throws Exception {
    Path output = nextOutput();
    Process first = start(output, "--set", LONG);
    OwnJvm.await(first, PipelineIT::hasCheckpoint);
    ScriptRun second = pipeline("--set", LONG);
    assertThat(second.exitCode()).as(second.output()).isEqualTo(6);
    assertThat(second.output())
        .contains("Cannot start pipeline tiny: found process " + first.pid());

    first.destroy(); // SIGTERM
    assertThat(first.waitFor()).as(Files.readString(output)).isEqualTo(7);
    JsonNode outcome = outcome();
    assertThat(outcome.get("status").asText()).isEqualTo("interrupted");
    assertThat(outcome.get("steps")).hasSize(2);
    assertThat(outcome.get("steps").get(1).get("exitCode").asInt()).isEqualTo(7);
    assertThat(hasCheckpoint()).isTrue();

    // Going on is what the train command does; that it is asked to shows in its log.
    Path again = nextOutput();
    Process resumed = start(again, "--set", LONG);
    OwnJvm.await(resumed, () -> newestLog("train.log").contains("Going on from a checkpoint"));
    assertThat(newestLog("train.log")).contains("Going on from a checkpoint");
    resumed.destroy();
    assertThat(resumed.waitFor()).as(Files.readString(again)).isEqualTo(7);
  }

  private static ScriptRun pipeline(String... more) throws Exception {
    Path output = nextOutput();
    int exitCode = start(output, more).waitFor();
    return new ScriptRun(exitCode, Files.readString(output));
  }

  private static Process start(Path output, String... more) throws IOException {
    CommandLine arguments =
        CommandLine.of("--stand-in")
            .with("--shards", directory.resolve("shards").toString())
            .with("--runs", directory.resolve("runs").toString())
            .with("--models", directory.resolve("models").toString(), "--name", "tiny")
            .with("--logs", directory.resolve("logs").toString())
            .with("--master", "local[2]", "--driver-memory", "1g")
            .with("--spark-conf", "spark.ui.enabled=false")
            .set(
                "prepare.stand-in.training-images=500",
                "prepare.stand-in.test-images=100",
                "prepare.shards=2",
                "training.epochs=2",
                "training.early-stopping-patience=0",
                "network.hidden-widths=[20]")
            .with(more);
    return StandaloneCluster.start(output, "submit/pipeline.sh", arguments.toArray());
  }

  private static Path nextOutput() {
    return directory.resolve("pipeline-" + outputs++ + ".out");
  }

  private static boolean hasCheckpoint() {
    try (Stream<Path> files = Files.walk(directory.resolve("runs"), 2)) {
      return files.anyMatch(file -> file.toString().endsWith(".checkpoint"));
    } catch (IOException | UncheckedIOException e) {
      return false; // a file went away meanwhile
    }
  }

  private static JsonNode outcome() throws IOException {
    return JSON.readTree(directory.resolve("logs/outcome.json").toFile());
  }

  private static String newestLog(String name) {
    try (Stream<Path> files = Files.list(directory.resolve("logs"))) {
      Path newest =
          files.filter(file -> file.toString().endsWith(name)).max(Path::compareTo).orElseThrow();
      return Files.readString(newest);
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> logs() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("logs"))) {
      return files.map(file -> file.getFileName().toString().replaceAll(".*Z-", "")).toList();
    }
  }
}

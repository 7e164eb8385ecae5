package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.Applications;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.StandInShards;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** The subcommands as a user runs them, in this JVM, on small stand-in data. */
final class CentroidIT {
  @TempDir private static Path directory;
  private static Path shards;
  private static Path runs;
  private static CommandLineRun trained;

  @BeforeAll
  static void prepareAndTrain() {
    shards = directory.resolve("shards");
    runs = directory.resolve("runs");
    CommandLineRun prepared = StandInShards.prepare(shards.toString(), 3);
    assertThat(prepared.out())
        .contains("stand-in data, not CIFAR-10: 2,500 images in 9 shards")
        .contains("The shards are in " + shards);
    trained = train();
    assertThat(trained.exitCode()).as(trained.toString()).isZero();
  }

  @Test
  void printsSummaryEpochsMetricsAndWhereTheRunIs() throws IOException {
    assertThat(trained.out())
        .contains("stand-in data, not CIFAR-10: 1,800 training, 200 validation, 500 test images")
        .contains("dense_1 (Dense)              (None, 200)               614600    \n")
        .contains("Total params: 646,260\n")
        .containsPattern(
            "epoch  1/2 +[0-9,]+ images/s  loss [0-9.]+  validation [0-9.]+ % best  [0-9]+ s left")
        .contains("Local step: fast")
        .containsPattern(
            "4 rounds: compute [0-9]+ %, slot [0-9]+ %, down [0-9]+ %, up [0-9]+ %, average")
        .contains("test split of stand-in data, not CIFAR-10, 500 images")
        .contains("confusion matrix: rows are the truth, columns the prediction")
        .containsPattern(
            "\n[0-9.]+ % test accuracy on stand-in data, not CIFAR-10, best epoch [12]"
                + "\nThe run is in file:"
                + run()
                + "\nNext: open its report.html; .*\n");
    assertThat(trained.out().lines()).allMatch(line -> line.length() <= 80 || line.contains("/"));
  }

  /** A schedule asks again and again. */
  @Test
  void whatWasDoneBeforeIsSaidWithoutSpark() throws IOException {
    int before = Applications.STARTED.get();
    System.setProperty("spark.extraListeners", Applications.class.getName());
    try {
      assertThat(StandInShards.prepare(shards.toString(), 3).out())
          .contains("The same shards were there before, in " + shards);
      assertThat(train().out()).contains("This work was done before.");
      assertThat(Applications.STARTED).hasValue(before);
      CommandLine.of("evaluate", "--model", run(), "--shards", shards).done();
      assertThat(Applications.STARTED).as("what does use Spark").hasValue(before + 1);
    } finally {
      System.clearProperty("spark.extraListeners");
    }
  }

  @Test
  void commandsFollowEachOtherUpToTheFirstThatFails() throws IOException {
    CommandLineRun all =
        CommandLine.of("report", run(), "--and", "runs", runs, "--and", "report", run()).done();
    assertThat(all.out().split("The report is in ", -1)).hasSize(3);
    assertThat(all.out()).contains(run().getFileName().toString());
    CommandLineRun failed =
        CommandLineRun.of(
            CommandLine.of("report", run(), "--and", "report", directory, "--and", "report", run())
                .toArray());
    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.out().split("The report is in ", -1)).hasSize(2);
  }

  /** To the same as each with its own. */
  @Test
  void commandsThatFollowEachOtherShareASession() throws IOException {
    Path place = directory.resolve("shared");
    int before = Applications.STARTED.get();
    CommandLineRun all =
        CommandLineRun.of(
            Map.of("spark.extraListeners", Applications.class.getName()),
            CommandLine.of("prepare")
                .with(StandInShards.arguments(place.resolve("shards").toString(), 3))
                .with("--and", "train", "--shards", place.resolve("shards"))
                .with("--runs", place.resolve("runs"))
                .set("training.epochs=2")
                .with("--and", "train", "--shards", place.resolve("shards"))
                .with("--runs", place.resolve("runs"))
                .set("training.epochs=1")
                .toArray());
    assertThat(all.exitCode()).as(all.toString()).isZero();
    assertThat(Applications.STARTED.get()).isEqualTo(before + 1);
    assertThat(Files.readString(place.resolve("shards/manifest.json")))
        .isEqualTo(Files.readString(shards.resolve("manifest.json")));
    String run = run().getFileName().toString();
    JsonNode outcome =
        new ObjectMapper().readTree(place.resolve("runs").resolve(run + "/outcome.json").toFile());
    assertThat(outcome.get("parametersSha256"))
        .isEqualTo(json("outcome.json").get("parametersSha256"));
  }

  @Test
  void theReportIsMadeAgainFromTheRunsFiles() throws IOException {
    Path report = run().resolve("report.html");
    String made = Files.readString(report);
    assertThat(made).contains("stand-in data, not CIFAR-10: the numbers below say nothing");
    assertThat(made.split("src=\"data:image/png", -1).length - 1).isBetween(40, 30 + 30 + 40);
    Files.delete(report);
    CommandLineRun again = CommandLineRun.of("report", run().toString());
    assertThat(again.exitCode()).as(again.toString()).isZero();
    assertThat(report).hasContent(made);

    CommandLineRun failed = CommandLineRun.of("report", directory.toString());
    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.err()).contains("expected a run that train published").hasLineCount(1);
  }

  @Test
  void aReportThatCannotBeMadeLosesNothing() throws IOException {
    Path report = run().resolve("report.html");
    Path pictures = run().resolve("pictures.json");
    String made = Files.readString(report);
    String whole = Files.readString(pictures);
    Files.delete(report);
    replace(pictures, "{");

    CommandLineRun again = train();
    assertThat(again.exitCode()).as(again.toString()).isZero();
    assertThat(again.out())
        .contains("Warning: cannot make report.html: found ")
        .contains("The run is whole; 'centroid report file:" + run() + "' tries again.")
        .contains("The run is in file:" + run());
    assertThat(report).doesNotExist();
    CommandLineRun failed = CommandLineRun.of("report", run().toString());
    assertThat(failed.exitCode()).isEqualTo(3);

    replace(pictures, whole);
    CommandLineRun repaired = CommandLineRun.of("report", run().toString());
    assertThat(repaired.exitCode()).as(repaired.toString()).isZero();
    assertThat(report).hasContent(made);
  }

  /** Replaces a file's content; its checksum beside it would not match any more. */
  private static void replace(Path file, String content) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.writeString(file, content);
  }

  @Test
  void publishesEverythingAtOnce() throws IOException {
    try (Stream<Path> files = Files.list(run())) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.endsWith(".crc")))
          .containsExactlyInAnyOrder(
              "_SUCCESS",
              "_inventory.json",
              "history.csv",
              "history.json",
              "metrics.json",
              "model.onnx",
              "pictures.json",
              "predictions.csv",
              "report.html",
              "rounds.csv",
              "model.zip",
              "outcome.json",
              "provenance.json",
              "settings.conf",
              "summary.txt");
    }
    JsonNode metrics = json("metrics.json");
    assertThat(metrics.fieldNames())
        .toIterable()
        .containsExactly(
            "dataset",
            "split",
            "examples",
            "accuracy",
            "accuracyInterval95",
            "loss",
            "top3Accuracy",
            "macroF1",
            "balancedAccuracy",
            "perClass",
            "confusion");
    assertThat(metrics.get("dataset").asText()).isEqualTo("stand-in data, not CIFAR-10");
    assertThat(metrics.get("split").asText()).isEqualTo("test");
    assertThat(metrics.get("examples").asInt()).isEqualTo(500);
    assertThat(metrics.get("confusion")).hasSize(10);
    JsonNode outcome = json("outcome.json");
    assertThat(outcome.get("status").asText()).isEqualTo("done");
    assertThat(outcome.get("exitCode").asInt()).isZero();
    assertThat(outcome.get("runId").asText()).isEqualTo(run().getFileName().toString());
    assertThat(outcome.get("parametersSha256").asText()).matches("[0-9a-f]{64}");
    assertThat(outcome.get("epochs").asInt()).isEqualTo(2);
    assertThat(outcome.get("examplesPerEpoch").asInt()).isEqualTo(1800);
    // 900 examples per worker: 29 minibatches, so 2 rounds of at most 25.
    assertThat(outcome.get("rounds").asInt()).isEqualTo(2 * 2);
    assertThat(outcome.get("steps").asInt()).isEqualTo(2 * 2 * 29);
    assertThat(json("history.json")).hasSize(2);
    assertThat(json("history.json").get(0).get("rounds")).hasSize(2);
    assertThat(json("provenance.json").get("blasKernels").asText()).isNotBlank();
    assertThat(json("provenance.json").get("shardFingerprint").asText())
        .isEqualTo(
            new ObjectMapper()
                .readTree(shards.resolve("manifest.json").toFile())
                .get("fingerprint")
                .asText());
    assertThat(Files.readString(run().resolve("summary.txt")))
        .startsWith("Trained on stand-in data, not CIFAR-10\nModel: \"model_1\"\n");
  }

  @Test
  void theHistoryIsThereAsTablesToo() throws IOException {
    JsonNode history = json("history.json");
    List<String> epochs = Files.readAllLines(run().resolve("history.csv"));
    assertThat(epochs)
        .hasSize(1 + 2)
        .startsWith(
            "epoch,trainingLoss,validationLoss,validationAccuracy,best,examples,steps,seconds,"
                + "imagesPerSecond");
    JsonNode second = history.get(1);
    assertThat(epochs.get(2))
        .startsWith("2," + second.get("trainingLoss").asText() + ",")
        .endsWith("," + second.get("imagesPerSecond").asText());
    List<String> rounds = Files.readAllLines(run().resolve("rounds.csv"));
    assertThat(rounds)
        .hasSize(1 + 2 * 2)
        .startsWith(
            "epoch,round,rounds,examples,seconds,compute,slot,down,up,average,driver,imagesPerSecond");
    // 25 minibatches of 32 each of the two workers, then what is left of 1,800.
    assertThat(rounds.get(3)).startsWith("2,1,1,1600,");
    assertThat(rounds.get(4)).startsWith("2,2,1,200,");
    assertThat(rounds.get(4).split(",")[5])
        .isEqualTo(second.get("rounds").get(1).get("compute").asText());
  }

  @Test
  void plainDeeplearning4jLoadsTheModelAndPredictsTheSame() throws IOException {
    File file = run().resolve("model.zip").toFile();
    try (var shard = new ShardRows(shards.resolve("split=test"))) {
      MultiLayerNetwork network = MultiLayerNetwork.load(file, true);
      long[][] confusion = new long[10][10];
      for (ShardRows.RowOfShard row : shard.rows()) {
        int prediction =
            network
                .output(Nd4j.createFromArray(row.features()).reshape(1, 3072))
                .argMax(1)
                .getInt(0);
        confusion[row.label()][prediction]++;
      }
      JsonNode expected = json("metrics.json").get("confusion");
      for (int truth = 0; truth < 10; truth++) {
        for (int prediction = 0; prediction < 10; prediction++) {
          assertThat(confusion[truth][prediction])
              .isEqualTo(expected.get(truth).get(prediction).asLong());
        }
      }
      assertThat(network.getUpdater().getStateViewArray().length()).isEqualTo(2 * 646_260);
      assertThat(network.getEpochCount()).isZero();
      network.close();
    }
  }

  @Test
  void theSameWorkIsDoneOnce() {
    CommandLineRun again = train();
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("This work was done before.").contains("accuracy ");
    assertThat(again.out()).doesNotContain("epoch  1/2");
  }

  @Test
  void evaluatesAPublishedModelOnAnySplit() throws IOException {
    Path output = directory.resolve("metrics-again.json");
    CommandLineRun test =
        CommandLineRun.of(
            "evaluate",
            "--model",
            run().toString(),
            "--shards",
            shards.toString(),
            "--output",
            output.toString());
    assertThat(test.exitCode()).as(test.toString()).isZero();
    assertThat(new ObjectMapper().readTree(output.toFile())).isEqualTo(json("metrics.json"));
    CommandLineRun validation =
        CommandLineRun.of(
            "evaluate",
            "--model",
            run().resolve("model.zip").toString(),
            "--shards",
            shards.toString(),
            "--split",
            "validation");
    assertThat(validation.exitCode()).as(validation.toString()).isZero();
    assertThat(validation.out()).contains("validation split of stand-in data, not CIFAR-10, 200");
  }

  @Test
  void learnsOneHundredImagesByHeart() throws IOException {
    Path few = directory.resolve("few");
    Path fewRuns = directory.resolve("few-runs");
    CommandLineRun prepared =
        CommandLineRun.of(
            "prepare",
            "--stand-in",
            "--shards",
            few.toString(),
            "--set",
            "prepare.stand-in.training-images=100",
            "--set",
            "prepare.stand-in.test-images=20",
            "--set",
            "prepare.validation-fraction=0",
            "--set",
            "prepare.normalization=standardize");
    assertThat(prepared.exitCode()).as(prepared.toString()).isZero();
    CommandLineRun memorized =
        CommandLineRun.of(
            "train",
            "--shards",
            few.toString(),
            "--runs",
            fewRuns.toString(),
            "--set",
            "training.epochs=40",
            "--set",
            "training.minibatch-size=10");
    assertThat(memorized.exitCode()).as(memorized.toString()).isZero();
    Path output = directory.resolve("few.json");
    try (Stream<Path> published = Files.list(fewRuns)) {
      CommandLineRun.of(
          "evaluate",
          "--model",
          published.findFirst().orElseThrow().toString(),
          "--shards",
          few.toString(),
          "--split",
          "train",
          "--output",
          output.toString());
    }
    JsonNode metrics = new ObjectMapper().readTree(output.toFile());
    assertThat(metrics.get("examples").asInt()).isEqualTo(100);
    assertThat(metrics.get("accuracy").asDouble()).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void refusesAModelTrainedOnOtherFeatures() throws IOException {
    Path others = directory.resolve("standardized");
    CommandLineRun prepared =
        CommandLineRun.of(
            "prepare",
            "--stand-in",
            "--shards",
            others.toString(),
            "--set",
            "prepare.stand-in.training-images=100",
            "--set",
            "prepare.stand-in.test-images=20",
            "--set",
            "prepare.normalization=standardize");
    assertThat(prepared.exitCode()).as(prepared.toString()).isZero();
    CommandLineRun evaluated =
        CommandLineRun.of("evaluate", "--model", run().toString(), "--shards", others.toString());
    assertThat(evaluated.exitCode()).isEqualTo(3);
    assertThat(evaluated.err())
        .contains("found shards with normalization standardize, expected unit");
  }

  @Test
  void reportsUserMistakesInOneLineWithTheirExitCode() {
    assertFails(2, "Cannot use settings: training.epochs: found 0", "--set", "training.epochs=0");
    assertFails(2, "found 1800 training images for 3000 workers", "--set", "training.workers=3000");
    assertFails(2, "Unknown option: '--sharts'", "--sharts");
    CommandLineRun missing =
        CommandLineRun.of(
            "train",
            "--shards",
            directory.resolve("nowhere").toString(),
            "--runs",
            runs.toString());
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("found no manifest.json").hasLineCount(1);
    CommandLineRun noModel =
        CommandLineRun.of(
            "evaluate",
            "--model",
            directory.resolve("no.zip").toString(),
            "--shards",
            shards.toString());
    assertThat(noModel.exitCode()).isEqualTo(3);
    assertThat(noModel.err()).contains("found no such file").hasLineCount(1);
  }

  /** No Hadoop is there; neither settings nor data are to blame. */
  @Test
  void whoRefusesConnectionsOrDoesNotAnswerIsNoFaultOfTheUsers() throws IOException {
    String place;
    try (ServerSocket silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      place = "hdfs://127.0.0.1:%d/shards".formatted(silent.getLocalPort());
      assertAway(place);
    }
    assertAway(place);
  }

  private static void assertAway(String place) {
    CommandLineRun away =
        CommandLineRun.of(
            Map.of(
                "spark.hadoop.ipc.client.rpc-timeout.ms", "300",
                "spark.hadoop.ipc.client.connect.max.retries", "0",
                "spark.hadoop.dfs.client.failover.max.attempts", "0",
                "spark.hadoop.ipc.client.connect.max.retries.on.timeouts", "0"),
            "train",
            "--shards",
            place,
            "--runs",
            runs.toString());
    assertThat(away.exitCode()).as(away.toString()).isEqualTo(8);
    assertThat(away.err()).startsWith("centroid: Cannot ").hasLineCount(1);
  }

  @Test
  void nothingThatARunLeavesHasASecret() throws IOException {
    Path secret = directory.resolve("password=hidden");
    FileUtils.copyDirectory(shards.toFile(), secret.resolve("shards").toFile());
    Path kept = directory.resolve("kept");
    CommandLineRun run =
        CommandLine.of("train", "--shards", secret.resolve("shards"), "--runs", kept)
            .with("--outcome", kept.resolve("outcome.json"))
            .set("training.epochs=1", "network.hidden-widths=[5]")
            .done();
    assertThat(run.out() + run.err()).doesNotContain("hidden/");
    try (Stream<Path> files = Files.walk(kept)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("hidden/");
      }
    }
  }

  @Test
  void damagedImagesPublishNothing() throws IOException {
    Path batches = Files.createDirectories(directory.resolve("batches"));
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(batches.resolve("data_batch_" + batch + ".bin"), new byte[3073 * 10_000 - 1]);
    }
    Files.write(batches.resolve("test_batch.bin"), new byte[3073 * 10_000]);
    Path target = directory.resolve("of-damaged");
    CommandLineRun prepared =
        CommandLineRun.of("prepare", "--data", batches.toString(), "--shards", target.toString());
    assertThat(prepared.exitCode()).as(prepared.toString()).isEqualTo(3);
    assertThat(prepared.err()).contains("data_batch_1.bin").contains("expected").hasLineCount(1);
    assertThat(target).doesNotExist();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().contains("staging"));
    }
  }

  @Test
  void aTrainingThatDivergesPublishesNothing() throws IOException {
    Path elsewhere = directory.resolve("diverged");
    CommandLineRun diverged =
        CommandLineRun.of(
            "train",
            "--shards",
            shards.toString(),
            "--runs",
            elsewhere.toString(),
            "--set",
            "training.learning-rate=10",
            "--set",
            "network.hidden-widths=[64,64,64,64,64,64,64,64,64,64,64,64,64,64,64,64,64,64,64,64]",
            "--set",
            "training.minibatch-size=4",
            "--set",
            "training.epochs=3");
    assertThat(diverged.exitCode()).as(diverged.toString()).isEqualTo(4);
    assertThat(diverged.err())
        .contains("Cannot go on training: found loss")
        .contains("Lower training.learning-rate")
        .hasLineCount(1);
    try (Stream<Path> left = Files.list(elsewhere)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void everySubcommandHasHelpWithExamples() {
    for (String command : List.of("prepare", "train", "evaluate", "runs", "compare")) {
      CommandLineRun help = CommandLineRun.of(command, "--help");
      assertThat(help.exitCode()).isZero();
      assertThat(help.out()).contains("Examples:").contains("centroid " + command + " ");
    }
    CommandLineRun version = CommandLineRun.of("--version");
    assertThat(version.out()).startsWith("centroid 0.1.0 (commit ");
  }

  private void assertFails(int exitCode, String message, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--shards", shards.toString(), "--runs", runs.toString()));
    arguments.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(arguments.toArray(new String[0]));
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  private static CommandLineRun train() {
    return CommandLineRun.of(
        "train",
        "--shards",
        shards.toString(),
        "--runs",
        runs.toString(),
        "--set",
        "training.epochs=2");
  }

  private static Path run() throws IOException {
    try (Stream<Path> published = Files.list(runs)) {
      List<Path> all = published.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(run().resolve(file).toFile());
  }
}

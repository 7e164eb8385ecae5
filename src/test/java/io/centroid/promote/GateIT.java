package io.centroid.promote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLineRun;
import io.centroid.LocalSpark;
import io.centroid.StandInRuns;
import io.centroid.evaluate.Prediction;
import io.centroid.evaluate.PredictionJob;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.TestPredictions;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gate, promotion and rollback as an operator runs them, on runs of small stand-in data. */
final class GateIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private static Path directory;
  private static Path shards;
  private static Path good;
  private static Path equal;
  private static Path worse;

  @BeforeAll
  static void train() throws IOException {
    StandInRuns runs = StandInRuns.ready();
    shards = runs.shards();
    good = runs.copyGood(directory.resolve("runs"));
    worse = runs.copyWorse(directory.resolve("runs"));
    // Adam uses no momentum: another run with the same model.
    equal = StandInRuns.train(shards, directory.resolve("runs"), "training.momentum=0.8");
  }

  @Test
  void whatOneStoresGatePassedIsNotPromotedIntoAnother() throws IOException {
    String here = directory.resolve("here").toString();
    String there = directory.resolve("there").toString();
    assertThat(gate(good, here).exitCode()).isZero();
    CommandLineRun promoted = promote(good, there);
    assertThat(promoted.exitCode()).as(promoted.toString()).isEqualTo(5);
    assertThat(promoted.err()).contains("found a verdict for the model in file:" + here);
    assertThat(promote(good, here).exitCode()).isZero();
  }

  @Test
  void theFirstVersionNeedsOnlyTheMinimumAccuracy() throws IOException {
    String models = directory.resolve("minimum").toString();
    CommandLineRun blocked = gate(good, models, "--set", "gate.minimum-accuracy=1");
    assertThat(blocked.exitCode()).as(blocked.toString()).isEqualTo(5);
    assertThat(blocked.err())
        .contains("Cannot promote run " + good.getFileName() + ": found accuracy ")
        .contains("expected at least 100.00 %. It is kept in file:" + good);
    JsonNode verdict = JSON.readTree(good.resolve("gate.json").toFile());
    assertThat(verdict.get("status").asText()).isEqualTo("blocked");
    assertThat(verdict.get("accuracy").asDouble()).isBetween(0.1, 0.9999);
    assertThat(verdict.get("minimumAccuracy").asDouble()).isEqualTo(1);
    assertThat(verdict.get("comparison").isNull()).isTrue();

    CommandLineRun refused = promote(good, models);
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(5);
    assertThat(refused.err()).contains("found it blocked by the gate: accuracy ");
    assertThat(directory.resolve("minimum/cifar-10/current.json")).doesNotExist();

    assertThat(gate(good, models, "--set", "gate.minimum-accuracy=0.1").exitCode()).isZero();
    assertThat(promote(good, models).exitCode()).isZero();
    assertThat(current("minimum").get("run").asText()).isEqualTo(good.getFileName().toString());
  }

  @Test
  void anEqualModelPassesAWorseOneIsBlockedAndRollbackGoesBack() throws IOException {
    String models = directory.resolve("models").toString();
    assertThat(gate(good, models).exitCode()).isZero();
    assertThat(promote(good, models).exitCode()).isZero();
    CommandLineRun again = promote(good, models);
    assertThat(again.out()).contains("is version 1 of cifar-10 already, and current.");
    assertThat(history("models")).hasSize(1);

    CommandLineRun unseen = promote(equal, models);
    assertThat(unseen.exitCode()).isEqualTo(5);
    assertThat(unseen.err()).contains("expected the gate to have passed it. Run gate");
    CommandLineRun passed = gate(equal, models);
    assertThat(passed.exitCode()).as(passed.toString()).isZero();
    JsonNode comparison = JSON.readTree(equal.resolve("gate.json").toFile()).get("comparison");
    assertThat(comparison.get("basis").asText()).isEqualTo("kept-predictions");
    assertThat(comparison.get("images").asInt()).isEqualTo(500);
    assertThat(comparison.get("worsePValue").asDouble()).isEqualTo(0.5);
    assertThat(promote(equal, models).exitCode()).isZero();
    assertThat(current("models").get("version").asInt()).isEqualTo(2);
    assertThat(Files.readAllBytes(directory.resolve("models/cifar-10/versions/2/model.zip")))
        .isEqualTo(Files.readAllBytes(equal.resolve("model.zip")));

    CommandLineRun blocked = gate(worse, models);
    assertThat(blocked.exitCode()).as(blocked.toString()).isEqualTo(5);
    assertThat(blocked.err()).contains("of version 2 on the same images, which chance explains");
    assertThat(promote(worse, models).exitCode()).isEqualTo(5);
    assertThat(worse.resolve("model.zip")).exists();
    assertThat(current("models").get("version").asInt()).isEqualTo(2);

    CommandLineRun back = rollback(models);
    assertThat(back.out()).contains("Version 1 of cifar-10 is current, in the place of version 2");
    CommandLineRun unwanted = gate(equal, models);
    assertThat(unwanted.exitCode()).isEqualTo(5);
    assertThat(unwanted.err()).contains("found it was rolled back from. It is kept in");
    CommandLineRun nothingBefore = rollback(models);
    assertThat(nothingBefore.exitCode()).isEqualTo(2);
    assertThat(nothingBefore.err()).contains("found no version before version 1");
    assertThat(rollback(models, "--to", "7").err()).contains("found no version 7");
    assertThat(rollback(models, "--to", "2").exitCode()).isZero();
    assertThat(promote(worse, models, "--force").exitCode()).isZero();
    assertThat(current("models").get("gate").asText()).isEqualTo("forced");
    assertThat(rollback(models).out()).contains("Version 2 of cifar-10 is current");

    CommandLineRun listed = CommandLineRun.of("models", "--models", models);
    assertThat(listed.out().lines())
        .hasSize(2 + 6)
        .element(2)
        .asString()
        .startsWith("*        2  " + equal.getFileName())
        .contains("rolled-back");
    // The store stands for its current version.
    CommandLineRun evaluated =
        CommandLineRun.of(
            "evaluate", "--model", models + "/cifar-10", "--shards", shards.toString());
    assertThat(evaluated.exitCode()).as(evaluated.toString()).isZero();
  }

  @Test
  void ofOtherTestImagesTheCurrentVersionPredictsTheRunsOwn() throws IOException {
    String models = directory.resolve("others").toString();
    assertThat(gate(good, models).exitCode()).isZero();
    assertThat(promote(good, models).exitCode()).isZero();
    Path otherShards = directory.resolve("other-shards");
    StandInRuns.prepare(otherShards, "prepare.seed=2");
    Path other = StandInRuns.train(otherShards, directory.resolve("runs"));

    CommandLineRun unknown = gate(other, models);
    assertThat(unknown.exitCode()).as(unknown.toString()).isEqualTo(3);
    assertThat(unknown.err()).contains("Use --shards with the shard set of the run.");
    CommandLineRun wrong = gate(other, models, "--shards", shards.toString());
    assertThat(wrong.exitCode()).as(wrong.toString()).isEqualTo(3);
    assertThat(wrong.err()).contains("found another shard set in ");
    CommandLineRun compared = gate(other, models, "--shards", otherShards.toString());
    assertThat(compared.exitCode()).as(compared.toString()).isZero();
    JsonNode verdict = JSON.readTree(other.resolve("gate.json").toFile());
    assertThat(verdict.get("comparison").get("basis").asText()).isEqualTo("predicted-again");
  }

  @Test
  void predictionsAgreeWithTheMetricsAndWithTheSameImagesNormalizedInAnotherWay()
      throws IOException {
    Path unit = directory.resolve("unit");
    StandInRuns.prepare(unit, "prepare.normalization=unit");
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(good.toUri());
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      TestPredictions kept =
          TestPredictions.read(path, context.hadoopConfiguration()).orElseThrow();
      int hits = kept.against(kept).both();
      assertThat((double) hits / kept.predictions().size())
          .isEqualTo(
              JSON.readTree(good.resolve("metrics.json").toFile()).get("accuracy").asDouble());
      TestPredictions again =
          PredictionJob.predict(
              context,
              ShardSet.open(
                  new org.apache.hadoop.fs.Path(unit.toUri()), context.hadoopConfiguration()),
              PublishedModel.read(path, context.hadoopConfiguration()));
      assertThat(again.sameImages(kept)).isTrue();
      assertThat(again.predictions())
          .extracting(Prediction::predicted)
          .isEqualTo(kept.predictions().stream().map(Prediction::predicted).toList());
    }
  }

  private static CommandLineRun gate(Path run, String models, String... more) {
    return command("gate", models, List.of("--run", run.toString()), more);
  }

  private static CommandLineRun promote(Path run, String models, String... more) {
    return command("promote", models, List.of("--run", run.toString()), more);
  }

  private static CommandLineRun rollback(String models, String... more) {
    return command("rollback", models, List.of(), more);
  }

  private static CommandLineRun command(
      String name, String models, List<String> options, String... more) {
    List<String> arguments = new ArrayList<>(List.of(name, "--models", models));
    arguments.addAll(options);
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  private static JsonNode current(String models) throws IOException {
    return JSON.readTree(directory.resolve(models + "/cifar-10/current.json").toFile());
  }

  private static JsonNode history(String models) throws IOException {
    return JSON.readTree(directory.resolve(models + "/cifar-10/history.json").toFile());
  }
}

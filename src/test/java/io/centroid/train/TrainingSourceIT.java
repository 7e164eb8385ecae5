package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.LocalSpark;
import io.centroid.StandInShards;
import io.centroid.config.Settings;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets over HTTP from a training that runs, with the settings we ship. */
final class TrainingSourceIT {
  private static final String PREFIX = "metrics_centroid_driver_training_";
  private static final int TRAINING_IMAGES = 1800; // and 200 for validation

  @TempDir private Path directory;

  @Test
  void aRunningTrainingIsScraped() throws Exception {
    String shards = StandInShards.ready().toString();
    List<Map<String, Double>> scrapes = new ArrayList<>();
    try (SparkSession session = LocalSpark.open("local[2]", shippedMetricsWithUi())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      String ui = session.sparkContext().uiWebUrl().get();
      // The console gets its line for an epoch while the training waits for it.
      PrintStream console =
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
              if (line.startsWith("epoch ")) {
                scrapes.add(training(get(ui + "/metrics/prometheus/")));
              }
            }
          };
      new TrainingJob(
              JobSession.of(session),
              Settings.load(List.of(), List.of("training.epochs=2", "checkpoint.every-rounds=1")),
              new org.apache.hadoop.fs.Path(shards),
              new org.apache.hadoop.fs.Path(directory.resolve("runs").toString()),
              false,
              new Phases(console))
          .execute();

      assertThat(training(get(ui + "/metrics/prometheus/"))).as("after the training").isEmpty();
      context.sc().listenerBus().waitUntilEmpty();
      assertThat(jobDescriptions(ui, context.sc().applicationId()))
          .contains(
              "epoch 1, round 1 of 2",
              "epoch 2, round 2 of 2",
              "epoch 2, validation",
              "deal the train split",
              "classify the test split");
    }

    assertThat(scrapes).hasSize(2);
    JsonNode history =
        new ObjectMapper()
            .readTree(
                new RunsUnderTest(directory.resolve("runs"))
                    .run()
                    .resolve("history.json")
                    .toFile());
    for (int epoch = 1; epoch <= 2; epoch++) {
      Map<String, Double> scrape = scrapes.get(epoch - 1);
      JsonNode expected = history.get(epoch - 1);
      assertThat(scrape)
          .containsEntry("epochs_Value", 2.0)
          .containsEntry("epoch_Value", (double) epoch)
          .containsEntry("round_Value", 2.0)
          .containsEntry("epochLoss_Value", expected.get("trainingLoss").asDouble())
          .containsEntry("validationLoss_Value", expected.get("validationLoss").asDouble())
          .containsEntry("validationAccuracy_Value", expected.get("validationAccuracy").asDouble())
          .containsEntry("imagesPerSecond_Value", expected.get("imagesPerSecond").asDouble())
          .containsEntry("images_Count", (double) epoch * TRAINING_IMAGES)
          .containsEntry("roundTime_Count", 2.0 * epoch);
      assertThat(scrape.get("loss_Value")).isPositive();
      assertThat(scrape.get("roundTime_Max")).isPositive();
      // That of one round is written before that of the next begins to be.
      assertThat(scrape.get("checkpointAge_Value")).isNotNegative();
    }
  }

  /** The lines about metrics of conf/spark-defaults.conf, and a UI on any free port. */
  private static Map<String, String> shippedMetricsWithUi() throws IOException {
    Properties defaults = new Properties();
    Path file = Path.of(System.getProperty("centroid.home"), "conf", "spark-defaults.conf");
    try (Reader in = Files.newBufferedReader(file)) {
      defaults.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    for (String key : defaults.stringPropertyNames()) {
      if (key.startsWith("spark.metrics.")) {
        settings.put(key, defaults.getProperty(key).strip());
      }
    }
    settings.put("spark.ui.enabled", "true");
    settings.put("spark.ui.port", "0");
    return settings;
  }

  /** The figures of the training by name, without what all names begin with. */
  private static Map<String, Double> training(String exposition) {
    Map<String, Double> figures = new HashMap<>();
    exposition
        .lines()
        .filter(line -> line.startsWith(PREFIX))
        .forEach(
            line ->
                figures.put(
                    line.substring(PREFIX.length(), line.indexOf('{')),
                    Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
    return figures;
  }

  private static List<String> jobDescriptions(String ui, String application) throws IOException {
    String jobs = get(ui + "/api/v1/applications/" + application + "/jobs");
    return new ObjectMapper().readTree(jobs).findValuesAsText("description");
  }

  private static String get(String url) {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(url).isEqualTo(200);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

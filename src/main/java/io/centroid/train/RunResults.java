package io.centroid.train;

import io.centroid.config.Settings;
import io.centroid.data.Split;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.Examination;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.TestPredictions;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.model.FirstLayerImages;
import io.centroid.model.FlatParameters;
import io.centroid.model.ModelFile;
import io.centroid.model.NativeKernels;
import io.centroid.model.Networks;
import io.centroid.model.OnnxFile;
import io.centroid.publish.StagedDirectory;
import io.centroid.report.HistoryTables;
import io.centroid.report.MetricsTable;
import io.centroid.report.Pictures;
import io.centroid.run.Outcome;
import io.centroid.run.Provenance;
import io.centroid.run.RunId;
import io.centroid.shard.Manifest;
import io.centroid.shard.ShardSet;
import io.centroid.train.EpochLoop.Trained;
import java.io.IOException;
import java.time.Instant;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Evaluates what a training came to, and writes the files of its run.
 *
 * @param context where test images are classified
 * @param settings what and how was trained
 * @param shardsPath where the shards are
 * @param shards what was trained on
 * @param network what was trained
 * @param summary Keras' table of it
 * @param started when
 * @param phases told of what is happening
 */
record RunResults(
    JavaSparkContext context,
    Settings settings,
    Path shardsPath,
    ShardSet shards,
    MultiLayerConfiguration network,
    String summary,
    Instant started,
    Phases phases) {
  private static final int UNITS_SHOWN = 40;

  /** Evaluates and writes; returns how the training ended. */
  Outcome write(RunId id, Trained trained, StagedDirectory directory) throws Exception {
    float[] parameters = trained.best().parameters();
    PublishedModel published =
        new PublishedModel(
            PublishedModel.card(manifest()), new Classifier(network.toJson(), parameters));
    Examination examination =
        phases.run(
            "Evaluate the best epoch, %d, on the test split".formatted(trained.bestEpoch()),
            () -> Examination.of(context, shards, published));
    Metrics metrics = examination.metrics();
    Outcome outcome = outcome(id, trained, metrics);
    directory.write("settings.conf", settings.render());
    directory.write("summary.txt", titled(summary));
    writeModel(trained, published, directory);
    directory.write("history.json", Json.write(trained.history()));
    directory.write(HistoryTables.EPOCHS, HistoryTables.epochs(trained.history()));
    directory.write(HistoryTables.ROUNDS, HistoryTables.rounds(trained.history()));
    directory.write("metrics.json", Json.write(metrics));
    directory.write(TestPredictions.FILE, examination.predictions().toCsv());
    directory.write(
        "pictures.json",
        Json.write(
            new Pictures(
                examination.gallery(),
                FirstLayerImages.of(
                    network, parameters, manifest().dataSet().shape(), UNITS_SHOWN))));
    directory.write("provenance.json", Json.write(provenance()));
    directory.write("outcome.json", Json.write(outcome));
    phases.say("\n%s", MetricsTable.render(metrics));
    return outcome;
  }

  private void writeModel(Trained trained, PublishedModel published, StagedDirectory directory)
      throws IOException {
    MultiLayerNetwork model = Networks.initialized(network);
    try {
      trained.best().writeTo(model);
      directory.write("model.zip", out -> ModelFile.write(model, published.card(), out));
    } finally {
      Networks.close(model);
    }
    directory.write(
        "model.onnx",
        out -> OnnxFile.write(network, trained.best().parameters(), published.card(), out));
  }

  private Outcome outcome(RunId id, Trained trained, Metrics metrics) {
    return new Outcome(
        "done",
        0,
        id.value(),
        manifest().dataset(),
        FlatParameters.sha256(trained.best().parameters()),
        metrics.accuracy(),
        trained.bestEpoch(),
        trained.seconds(),
        trained.examples() / trained.seconds(),
        trained.history().size(),
        trained.rounds(),
        trained.steps(),
        manifest().count(Split.TRAIN),
        settings.training().workers());
  }

  private Provenance provenance() {
    return Provenance.of(
        context.sc(),
        shardsPath.toString(),
        manifest().fingerprint(),
        manifest().imagesHash(),
        manifest().dataset(),
        started,
        NativeKernels.inUse());
  }

  /** The summary; whatever is made from stand-in data says so. */
  private String titled(String text) {
    return manifest().standIn() ? "Trained on " + manifest().dataset() + "\n" + text : text;
  }

  private Manifest manifest() {
    return shards.manifest();
  }
}

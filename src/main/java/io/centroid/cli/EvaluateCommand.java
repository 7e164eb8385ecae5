package io.centroid.cli;

import io.centroid.data.Split;
import io.centroid.evaluate.EvaluationJob;
import io.centroid.evaluate.Metrics;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.promote.ModelStore;
import io.centroid.publish.WholeFile;
import io.centroid.report.MetricsTable;
import io.centroid.train.CentroidKryoRegistrator;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code centroid evaluate}. */
@Command(
    name = "evaluate",
    description = "Measures a published model on a split of a shard set.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid evaluate --model runs/0f3a9c41d2e7 --shards shards",
      "  centroid evaluate --model model.zip --shards shards --split validation \\",
      "      --output metrics.json"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      required = true,
      description = "A run's directory, its model.zip, or a promoted model's directory.")
  private Path model;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      required = true,
      description = "Shard set that 'prepare' published; any Hadoop path.")
  private Path shards;

  @Option(
      names = "--split",
      defaultValue = "test",
      description = "train, validation or test; default: test.")
  private Split split;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Also write the metrics as JSON; any Hadoop path.")
  private Path output;

  @Override
  public Integer call() throws Exception {
    Phases phases = new Phases(System.out);
    try (JobSession session =
        JobSession.of("centroid evaluate", CentroidKryoRegistrator.class, phases)) {
      if (output != null) {
        WholeFile.requireReplaceable(
            output,
            "metrics",
            "--output",
            text -> Json.isOf(Metrics.class, text),
            session.hadoop());
      }
      Path published = ModelStore.resolve(model, session.hadoop());
      Metrics metrics = new EvaluationJob(session.context(), published, shards, split).execute();
      phases.say("%s", MetricsTable.render(metrics));
      if (output != null) {
        WholeFile.replace(output, Json.write(metrics), session.hadoop());
        phases.say("The metrics are in %s", output);
      }
      return 0;
    }
  }
}

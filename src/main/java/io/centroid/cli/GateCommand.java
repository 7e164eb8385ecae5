package io.centroid.cli;

import io.centroid.config.GateSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.evaluate.TestPredictions;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.job.SparkSessions;
import io.centroid.promote.GateJob;
import io.centroid.promote.ShardTestImages;
import io.centroid.promote.Verdict;
import io.centroid.run.Provenance;
import io.centroid.run.TrainedRun;
import io.centroid.train.CentroidKryoRegistrator;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid gate}. */
@Command(
    name = "gate",
    description = "Decides whether a run may be promoted, and writes gate.json into it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid gate --run runs/0f3a9c41d2e7 --models models --name cifar-10 \\",
      "      --set gate.minimum-accuracy=0.45"
    })
final class GateCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "PATH",
      required = true,
      description = "A run's directory, or the file that 'train --outcome' wrote.")
  private Path run;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      description = "The run's shard set; needed when the current version saw other test images.")
  private Path shards;

  @Mixin private ModelOptions model;

  @Mixin private SettingsOptions options;

  private final Phases phases = new Phases(System.out);

  @Override
  public Integer call() throws Exception {
    GateSettings settings = options.load().gate();
    Configuration hadoop = SparkSessions.hadoop();
    Path directory = TrainedRun.directory(run, hadoop);
    Verdict verdict =
        new GateJob(model.store(hadoop), settings, this::predict, phases).execute(directory);
    if (!verdict.passed()) {
      throw new JobException(
          FailureCategory.BLOCKED,
          "Cannot promote run %s: found %s. It is kept in %s."
              .formatted(verdict.run(), String.join("; and ", verdict.reasons()), directory));
    }
    phases.say("The gate passed run %s.", verdict.run());
    return 0;
  }

  private TestPredictions predict(Path version, Provenance provenance) throws IOException {
    if (shards == null) {
      throw JobException.data(
          "Cannot compare with %s: found predictions of other test images, expected the same. Use --shards with the shard set of the run."
              .formatted(version));
    }
    try (JobSession session =
        JobSession.of("centroid gate", CentroidKryoRegistrator.class, phases)) {
      return ShardTestImages.predict(session.context(), shards, version, provenance);
    }
  }
}

package io.centroid.cli;

import io.centroid.config.Settings;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.run.TrainedRun;
import io.centroid.train.CentroidKryoRegistrator;
import io.centroid.train.TrainingJob;
import io.centroid.train.TrainingJob.FinishedRun;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid train}. */
@Command(
    name = "train",
    description = "Trains on prepared shards, evaluates the best epoch and publishes the run.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid train --shards shards --runs runs",
      "  centroid train --shards hdfs:///cifar-10 --runs hdfs:///runs \\",
      "      --set training.workers=8 --set averaging.frequency=25"
    })
final class TrainCommand implements Callable<Integer> {
  @Option(
      names = "--shards",
      paramLabel = "DIR",
      required = true,
      description = "Shard set that 'prepare' published; any Hadoop path.")
  private Path shards;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      required = true,
      description = "Directory that gets the run's directory; any Hadoop path.")
  private Path runs;

  @Option(names = "--fresh", description = "Start over instead of going on from a checkpoint.")
  private boolean fresh;

  @Option(
      names = "--outcome",
      paramLabel = "FILE",
      description = "Also write where the run is and how it ended, as JSON; any Hadoop path.")
  private Path outcome;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws Exception {
    Settings settings = options.load();
    Phases phases = new Phases(System.out);
    try (JobSession session =
        JobSession.of("centroid train", CentroidKryoRegistrator.class, phases)) {
      if (outcome != null) {
        TrainedRun.requireReplaceable(outcome, session.hadoop());
      }
      FinishedRun run = new TrainingJob(session, settings, shards, runs, fresh, phases).execute();
      if (outcome != null) {
        new TrainedRun(run.directory().toString(), run.outcome()).write(outcome, session.hadoop());
      }
      phases.conclude(
          "%.2f %% test accuracy on %s, best epoch %d"
              .formatted(
                  100 * run.outcome().testAccuracy(),
                  run.outcome().dataset(),
                  run.outcome().bestEpoch()),
          "The run is in " + run.directory(),
          "open its report.html; submit/centroid.sh gate and promote put it to use");
      return run.outcome().exitCode();
    }
  }
}

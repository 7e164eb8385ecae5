package io.centroid.cli;

import io.centroid.job.Phases;
import io.centroid.job.SparkSessions;
import io.centroid.promote.Promotion.Clearance;
import io.centroid.promote.PromotionJob;
import io.centroid.run.TrainedRun;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid promote}. */
@Command(
    name = "promote",
    description = "Makes a run that the gate passed the current version of a model.",
    footerHeading = "%nExamples:%n",
    footer = "  centroid promote --run runs/0f3a9c41d2e7 --models models --name cifar-10")
final class PromoteCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "PATH",
      required = true,
      description = "A run's directory, or the file that 'train --outcome' wrote.")
  private Path run;

  @Option(names = "--force", description = "Without, or against, the gate's verdict.")
  private boolean force;

  @Mixin private ModelOptions model;

  @Override
  public Integer call() throws Exception {
    Configuration hadoop = SparkSessions.hadoop();
    new PromotionJob(model.store(hadoop), new Phases(System.out))
        .promote(TrainedRun.directory(run, hadoop), force ? Clearance.FORCED : Clearance.PASSED);
    return 0;
  }
}

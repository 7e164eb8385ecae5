package io.centroid.cli;

import io.centroid.job.Phases;
import io.centroid.job.SparkSessions;
import io.centroid.promote.PromotionJob;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid rollback}. */
@Command(
    name = "rollback",
    description = {
      "Makes an earlier version of a model current again.",
      "The run it was rolled back from is not promoted again unless by --force."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid rollback --models models --name cifar-10",
      "  centroid rollback --models models --name cifar-10 --to 2"
    })
final class RollbackCommand implements Callable<Integer> {
  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "The version; default: the one that was current before.")
  private Integer to;

  @Mixin private ModelOptions model;

  @Override
  public Integer call() throws Exception {
    new PromotionJob(model.store(SparkSessions.hadoop()), new Phases(System.out))
        .rollBack(to == null ? OptionalInt.empty() : OptionalInt.of(to));
    return 0;
  }
}

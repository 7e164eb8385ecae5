package io.centroid.cli;

import io.centroid.job.SparkSessions;
import io.centroid.promote.ModelStore;
import io.centroid.promote.VersionTable;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code centroid models}. */
@Command(
    name = "models",
    description = "Lists models: what is current, and every promotion and rollback.",
    footerHeading = "%nExamples:%n",
    footer = "  centroid models --models models")
final class ModelsCommand implements Callable<Integer> {
  @Option(
      names = "--models",
      paramLabel = "DIR",
      required = true,
      description = "Directory of the models; any Hadoop path.")
  private Path models;

  @Override
  public Integer call() throws Exception {
    Configuration hadoop = SparkSessions.hadoop();
    for (ModelStore store : ModelStore.in(models, hadoop)) {
      System.out.print(VersionTable.render(store.name(), store.history()));
    }
    return 0;
  }
}

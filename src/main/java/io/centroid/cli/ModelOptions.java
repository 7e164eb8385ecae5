package io.centroid.cli;

import io.centroid.promote.ModelStore;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** The options that say which model, the same for every subcommand. */
final class ModelOptions {
  @Option(
      names = "--models",
      paramLabel = "DIR",
      required = true,
      description = "Directory of the models; any Hadoop path.")
  private Path models;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "cifar-10",
      description = "The model's name; default: ${DEFAULT-VALUE}.")
  private String name;

  Path models() {
    return models;
  }

  String name() {
    return name;
  }

  ModelStore store(Configuration hadoop) throws IOException {
    return ModelStore.of(models, name, hadoop);
  }
}

package io.centroid.cli;

import io.centroid.job.Phases;
import io.centroid.job.SparkSessions;
import io.centroid.pipeline.Pipeline;
import io.centroid.pipeline.PipelineOutcome;
import io.centroid.pipeline.PipelinePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code centroid pipeline}; {@code submit/pipeline.sh} runs it. */
@Command(
    name = "pipeline",
    description = {
      "Prepares, trains, asks the gate and promotes; every step once, and in a process of its own.",
      "Run it by submit/pipeline.sh, which takes options of spark-submit for the steps, too, and",
      "--notify COMMAND: for /bin/sh, run at the end however that is. The outcome's file is its last",
      "argument; CENTROID_STATUS, CENTROID_EXIT_CODE, CENTROID_MODEL, CENTROID_MESSAGE tell the rest."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  submit/pipeline.sh --data cifar-10-binary.tar.gz --shards shards --runs runs \\",
      "      --models models --name cifar-10 --set gate.minimum-accuracy=0.45"
    })
final class PipelineCommand implements Callable<Integer> {
  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  @Option(
      names = "--overwrite",
      description = "Replace shards of other images or settings, once the new ones are complete.")
  private boolean overwrite;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      defaultValue = "shards",
      description = "The shard set; any Hadoop path; default: ${DEFAULT-VALUE}.")
  private String shards;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "Directory of the runs; any Hadoop path; default: ${DEFAULT-VALUE}.")
  private String runs;

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      defaultValue = "logs",
      description = "Gets a log for each step, and the outcome; default: ${DEFAULT-VALUE}.")
  private Path logs;

  @Option(names = "--launcher", required = true, hidden = true)
  private String launcher;

  @Option(names = "--stamp", required = true, hidden = true)
  private String stamp;

  @Parameters(hidden = true, description = "Options of spark-submit for the steps.")
  private List<String> sparkOptions = List.of();

  @Mixin private PictureOptions pictures = new PictureOptions();

  @Mixin private TableArguments table = new TableArguments();

  @Mixin private ModelOptions model;

  @Mixin private SettingsOptions settings;

  /** Where the images come from. */
  private static final class Source {
    @Option(names = "--data", paramLabel = "PATH", description = "As of prepare.")
    private String data;

    @Option(names = "--table", paramLabel = "PATH", description = "As of prepare.")
    private String table;

    @Option(names = "--download", description = "As of prepare.")
    private boolean download;

    @Option(names = "--stand-in", description = "As of prepare.")
    private boolean standIn;

    List<String> options() {
      if (standIn) {
        return List.of("--stand-in");
      }
      if (table != null) {
        return List.of("--table", table);
      }
      return download ? List.of("--download") : List.of("--data", data);
    }
  }

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    settings.load(); // what cannot be used is said before anything begins
    List<String> images = new ArrayList<>(source.options());
    pictures.size();
    images.addAll(pictures.arguments());
    images.addAll(table.arguments());
    if (overwrite) {
      images.add("--overwrite");
    }
    PipelinePlan plan =
        new PipelinePlan(
            launcher,
            images,
            shards,
            runs,
            model.models(),
            model.name(),
            settings.arguments(),
            sparkOptions);
    PipelineOutcome outcome =
        new Pipeline(plan, logs, stamp, SparkSessions.hadoop(), new Phases(System.out)).execute();
    if (outcome.message() != null) {
      spec.commandLine().getErr().println("centroid: " + outcome.message());
    }
    return outcome.exitCode();
  }
}

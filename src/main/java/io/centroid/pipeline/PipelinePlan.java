package io.centroid.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What a pipeline is to do.
 *
 * @param launcher the script that runs a subcommand
 * @param source the options of {@code prepare} that say where the images come from
 * @param shards where the shard set is, or will be
 * @param runs the directory of the runs
 * @param models the directory of the models
 * @param name of the model
 * @param settings {@code --conf} and {@code --set} with their values
 * @param sparkOptions options of spark-submit, for every step
 */
public record PipelinePlan(
    String launcher,
    List<String> source,
    String shards,
    String runs,
    Path models,
    String name,
    List<String> settings,
    List<String> sparkOptions) {

  /** The steps, first to last. */
  List<Step> steps() {
    String run = trained().toString();
    List<String> model = List.of("--run", run, "--models", models.toString(), "--name", name);
    return List.of(
        step("prepare", source, List.of("--shards", shards), settings),
        step("train", List.of("--shards", shards, "--runs", runs, "--outcome", run), settings),
        step("gate", model, List.of("--shards", shards), settings),
        step("promote", model));
  }

  /** Where training says which run it came to. */
  Path trained() {
    return new Path(directory(), "trained.json");
  }

  /** The lock: one pipeline of a model at a time. */
  Path lock() {
    return new Path(directory(), "lock");
  }

  private Path directory() {
    return new Path(models, "." + name + ".pipeline");
  }

  @SafeVarargs
  private Step step(String name, List<String>... options) {
    List<String> command = new ArrayList<>(List.of(launcher, name));
    for (List<String> some : options) {
      command.addAll(some);
    }
    command.addAll(sparkOptions);
    return new Step(name, command);
  }
}

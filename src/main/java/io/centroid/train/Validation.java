package io.centroid.train;

import io.centroid.compute.TrainingState;
import io.centroid.config.TrainingSettings;
import io.centroid.data.Choice;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.ShareBatches;
import io.centroid.deal.WorkerShares;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.Evaluator;
import io.centroid.evaluate.Metrics;
import io.centroid.job.JobGroup;
import io.centroid.shard.ShardSet;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * The validation split, held in executor memory, packed by the same rule as the training shares, so
 * that the choice of the best epoch does not depend on the shard files either.
 */
final class Validation implements AutoCloseable {
  private final JavaSparkContext context;
  private final ShardSet shards;
  private final String configurationJson;
  private final Optional<WorkerShares> examples;

  private Validation(
      JavaSparkContext context,
      ShardSet shards,
      String configurationJson,
      Optional<WorkerShares> examples) {
    this.context = context;
    this.shards = shards;
    this.configurationJson = configurationJson;
    this.examples = examples;
  }

  /** Loads the validation split, if the shard set has one. */
  static Validation open(
      JavaSparkContext context,
      ShardSet shards,
      TrainingSettings training,
      MultiLayerConfiguration network) {
    Optional<WorkerShares> examples =
        shards.manifest().count(Split.VALIDATION) == 0
            ? Optional.empty()
            : Optional.of(
                ShardExamples.deal(
                    context, shards, Split.VALIDATION, training.workers(), training.seed()));
    return new Validation(context, shards, network.toJson(), examples);
  }

  /** Measures the state after an epoch; nothing without a validation split. */
  Optional<Metrics> measure(TrainingState state, int epoch) {
    return JobGroup.run(
        context,
        "epoch " + epoch,
        "epoch %d, validation".formatted(epoch),
        () ->
            examples.map(
                split ->
                    Metrics.of(
                        shards.manifest().dataSet(),
                        Choice.name(Split.VALIDATION),
                        Evaluator.count(
                            context,
                            ShareBatches.of(split),
                            new Classifier(configurationJson, state.parameters()),
                            shards.manifest().classNames().size()))));
  }

  @Override
  public void close() {
    examples.ifPresent(WorkerShares::close);
  }
}

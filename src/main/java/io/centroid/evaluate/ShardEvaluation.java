package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.Cifar10;
import io.centroid.data.Split;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import org.apache.spark.api.java.JavaSparkContext;

/** Evaluation of a model on one split of a shard set. */
public final class ShardEvaluation {
  private ShardEvaluation() {}

  /** Classifies every example of a split on the executors. */
  public static Metrics evaluate(
      JavaSparkContext context, ShardSet shards, Split split, PublishedModel model) {
    Counts counts =
        SplitPass.over(
                context,
                shards,
                split,
                model,
                () -> new Tally<Example>(Cifar10.CLASSES, Example::label))
            .stream()
            .reduce(Counts.empty(Cifar10.CLASSES), Counts::plus);
    return Metrics.of(
        shards.manifest().dataset(), Choice.name(split), shards.manifest().classNames(), counts);
  }
}

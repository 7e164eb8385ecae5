package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.Split;
import io.centroid.shard.ShardSet;
import org.apache.spark.api.java.JavaSparkContext;

/** Evaluation of a model on one split of a shard set. */
public final class ShardEvaluation {
  private ShardEvaluation() {}

  /** Classifies every example of a split on the executors. */
  public static Metrics evaluate(
      JavaSparkContext context, ShardSet shards, Split split, PublishedModel model) {
    int classes = shards.manifest().dataSet().classes();
    Counts counts =
        SplitPass.over(context, shards, split, model, () -> Tally.ofExamples(classes)).stream()
            .reduce(Counts.empty(classes), Counts::plus);
    return Metrics.of(shards.manifest().dataSet(), Choice.name(split), counts);
  }
}

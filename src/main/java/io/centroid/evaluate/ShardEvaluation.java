package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.Split;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.util.Iterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/** Evaluation of a classifier on one split of a shard set. */
public final class ShardEvaluation {
  private ShardEvaluation() {}

  /** Classifies every example of a split on the executors. */
  public static Metrics evaluate(
      JavaSparkContext context, ShardSet shards, Split split, Classifier classifier) {
    Counts counts =
        Evaluator.evaluate(
            context, shards.examples(context, split).mapPartitions(new Batches()), classifier);
    return Metrics.of(
        shards.manifest().dataset(), Choice.name(split), shards.manifest().classNames(), counts);
  }

  /** Packs the examples of a shard into batches. */
  private record Batches() implements FlatMapFunction<Iterator<Example>, LabeledBatch> {
    @Override
    public Iterator<LabeledBatch> call(Iterator<Example> examples) {
      return LabeledBatch.pack(
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return examples.hasNext();
            }

            @Override
            public LabeledBatch.Entry next() {
              Example example = examples.next();
              return new LabeledBatch.Entry(example.label(), example.features());
            }
          });
    }
  }
}

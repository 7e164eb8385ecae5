package io.centroid.train;

import io.centroid.compute.ExampleShape;
import io.centroid.data.Cifar10;
import io.centroid.data.Split;
import io.centroid.evaluate.LabeledBatch;
import io.centroid.shard.ShardSet;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;

/** The examples of a shard set as a network trains on them: features as stored, labels one-hot. */
final class ShardExamples {
  private static final ExampleShape SHAPE =
      new ExampleShape(new long[] {Cifar10.FEATURES}, new long[] {Cifar10.CLASSES});

  private ShardExamples() {}

  /** Deals one split to logical workers. */
  static WorkerShares deal(
      JavaSparkContext context, ShardSet shards, Split split, int workers, long seed) {
    return deal(context, shards, split, shards.ids(context, split), workers, seed);
  }

  /** Deals the examples of one split with the smallest ids. */
  static WorkerShares dealFirst(
      JavaSparkContext context, ShardSet shards, Split split, int count, int workers, long seed) {
    long[] ids = shards.ids(context, split);
    Arrays.sort(ids);
    return deal(context, shards, split, Arrays.copyOf(ids, count), workers, seed);
  }

  private static WorkerShares deal(
      JavaSparkContext context, ShardSet shards, Split split, long[] ids, int workers, long seed) {
    long largest = Arrays.stream(ids).max().orElse(-1);
    return WorkerShares.deal(
        context,
        shards
            .examples(context, split)
            .filter(example -> example.id() <= largest)
            .map(
                example ->
                    new TrainingExample(example.id(), example.features(), oneHot(example.label()))),
        ids,
        SHAPE,
        workers,
        seed);
  }

  /** A packed block as a batch to classify. */
  static LabeledBatch batch(ExampleBlock block) {
    int[] labels = new int[block.size()];
    for (int i = 0; i < labels.length; i++) {
      while (block.labels()[i * Cifar10.CLASSES + labels[i]] == 0) {
        labels[i]++;
      }
    }
    return new LabeledBatch(labels, block.features());
  }

  private static float[] oneHot(int label) {
    float[] labels = new float[Cifar10.CLASSES];
    labels[label] = 1;
    return labels;
  }
}

package io.centroid.deal;

import io.centroid.config.NetworkKind;
import io.centroid.config.TrainingSettings;
import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.job.JobGroup;
import io.centroid.model.DenseNetwork;
import io.centroid.shard.ShardSet;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** The examples of a shard set as a network trains on them: features as stored, labels one-hot. */
public final class ShardExamples {
  private ShardExamples() {}

  /** The shape of a shard set's examples, flat; they are kept as the pixels they were made from. */
  public static ExampleShape shape(ShardSet shards) {
    return shape(shards, NetworkKind.FLATTEN_DENSE);
  }

  private static ExampleShape shape(ShardSet shards, NetworkKind network) {
    DataSet dataSet = shards.manifest().dataSet();
    return new ExampleShape(
        DenseNetwork.inputShape(network, dataSet), new long[] {dataSet.classes()}, shards.coding());
  }

  /** Deals one split to logical workers. */
  public static WorkerShares deal(
      JavaSparkContext context, ShardSet shards, Split split, int workers, long seed) {
    return described(
        context,
        split,
        () -> deal(context, shards, split, Integer.MAX_VALUE, shape(shards), workers, seed, 0));
  }

  /**
   * Deals the training split to logical workers, with labels smoothed as the settings say and
   * features in the shape that the network reads.
   */
  public static WorkerShares dealTraining(
      JavaSparkContext context, ShardSet shards, NetworkKind network, TrainingSettings training) {
    return described(
        context,
        Split.TRAIN,
        () ->
            deal(
                context,
                shards,
                Split.TRAIN,
                Integer.MAX_VALUE,
                shape(shards, network),
                training.workers(),
                training.seed(),
                training.labelSmoothing()));
  }

  /** Says in Spark's UI what is being done. */
  private static WorkerShares described(
      JavaSparkContext context, Split split, Supplier<WorkerShares> dealing) {
    return JobGroup.run(
        context, "deal", "deal the %s split".formatted(Choice.name(split)), dealing);
  }

  /** Deals the first examples of one split, those with the smallest ids. */
  public static WorkerShares dealFirst(
      JavaSparkContext context, ShardSet shards, Split split, int count, int workers, long seed) {
    return deal(context, shards, split, count, shape(shards), workers, seed, 0);
  }

  private static WorkerShares deal(
      JavaSparkContext context,
      ShardSet shards,
      Split split,
      int count,
      ExampleShape shape,
      int workers,
      long seed,
      double labelSmoothing) {
    int classes = shape.labelCount();
    JavaRDD<TrainingExample> examples =
        RankedExamples.of(
                shards.examples(context, split),
                shards.firstRanks(split),
                (rank, row) ->
                    new TrainingExample(
                        rank,
                        row.id(),
                        row.weight(),
                        row.features(),
                        TrainingExample.oneHot(row.label(), classes, labelSmoothing)))
            .filter(example -> example.rank() < count);
    Coverage coverage =
        count < shards.manifest().count(split)
            ? examples.map(example -> Coverage.of(example.id())).fold(Coverage.NONE, Coverage::plus)
            : shards.coverage(split);
    return WorkerShares.deal(examples, coverage, shape, workers, seed);
  }
}

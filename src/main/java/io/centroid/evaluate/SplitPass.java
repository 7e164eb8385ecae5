package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.Split;
import io.centroid.example.FeatureCoding;
import io.centroid.job.JobGroup;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/** One pass over a split of a shard set, in which a model classifies every example. */
final class SplitPass {
  private SplitPass() {}

  /**
   * Classifies on the executors, with the model's own normalization, whatever the shards' is.
   *
   * @return what each partition came to, in the order of the partitions, so that sums do not depend
   *     on which task ends first
   */
  static <R> List<R> over(
      JavaSparkContext context,
      ShardSet shards,
      Split split,
      PublishedModel model,
      ExampleTally.Factory<Example, R> tallies) {
    return JobGroup.run(
        context,
        "evaluation",
        "classify the %s split".formatted(Choice.name(split)),
        () ->
            Evaluator.classify(
                context,
                shards
                    .examples(context, split)
                    .mapPartitions(
                        new Batching(
                            model.card().coding(), shards.manifest().dataSet().features())),
                model.classifier(),
                tallies));
  }

  /**
   * Puts the examples of a partition into batches of 256, fewer where they are large, the last one
   * smaller, as they are read.
   */
  private record Batching(FeatureCoding coding, int count)
      implements FlatMapFunction<Iterator<Example>, FeatureBatch<Example>> {
    private static final int MOST = 256;
    private static final int MOST_VALUES = 1 << 22;

    @Override
    public Iterator<FeatureBatch<Example>> call(Iterator<Example> examples) {
      int most = Math.max(1, Math.min(MOST, MOST_VALUES / count));
      float[] features = new float[most * count];
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return examples.hasNext();
        }

        @Override
        public FeatureBatch<Example> next() {
          List<Example> batch = new ArrayList<>(most);
          do {
            Example example = examples.next();
            coding.decode(example.features(), 0, features, batch.size() * count, count);
            batch.add(example);
          } while (batch.size() < most && examples.hasNext());
          int length = batch.size() * count;
          return new FeatureBatch<>(
              batch, length == features.length ? features : Arrays.copyOf(features, length));
        }
      };
    }
  }
}

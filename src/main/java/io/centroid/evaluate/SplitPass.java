package io.centroid.evaluate;

import io.centroid.compute.Predictor;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Choice;
import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.model.ModelCard;
import io.centroid.shard.Example;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

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
      ExampleTally.Factory<R> tallies) {
    Normalizer own = normalizer(model);
    Normalizer stored = normalizer(shards);
    Broadcast<Classifier> classifier = context.broadcast(model.classifier());
    context.setJobGroup("evaluation", "classify the %s split".formatted(Choice.name(split)), false);
    try {
      return shards
          .examples(context, split)
          .mapPartitions(new Task<>(classifier, own.equals(stored) ? null : stored, own, tallies))
          .collect();
    } finally {
      context.clearJobGroup();
      classifier.destroy();
    }
  }

  /** What normalized the images of a shard set. */
  static Normalizer normalizer(ShardSet shards) {
    NormalizationEntry stored = shards.manifest().normalization();
    return new Normalizer(stored.kind(), new ChannelStatistics(stored.mean(), stored.deviation()));
  }

  private static Normalizer normalizer(PublishedModel model) {
    ModelCard card = model.card();
    return new Normalizer(
        card.normalization(), new ChannelStatistics(card.mean(), card.deviation()));
  }

  /**
   * Classifies one partition.
   *
   * @param stored what normalized the shards; null when it is the model's own
   */
  private record Task<R>(
      Broadcast<Classifier> classifier,
      Normalizer stored,
      Normalizer own,
      ExampleTally.Factory<R> tallies)
      implements FlatMapFunction<Iterator<Example>, R> {
    private static final int BATCH = 256;

    @Override
    public Iterator<R> call(Iterator<Example> examples) {
      ExampleTally<R> tally = tallies.begin();
      List<Example> batch = new ArrayList<>(BATCH);
      float[] features = new float[BATCH * Cifar10.FEATURES];
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        while (examples.hasNext()) {
          Example example = examples.next();
          fill(features, batch.size() * Cifar10.FEATURES, example.features());
          batch.add(example);
          if (batch.size() == BATCH || !examples.hasNext()) {
            float[] probabilities = predictor.probabilities(features, batch.size());
            for (int i = 0; i < batch.size(); i++) {
              tally.add(batch.get(i), probabilities, i * Cifar10.CLASSES);
            }
            batch.clear();
          }
        }
      }
      return List.of(tally.result()).iterator();
    }

    private void fill(float[] features, int from, float[] ofExample) {
      System.arraycopy(ofExample, 0, features, from, Cifar10.FEATURES);
      if (stored != null) {
        float[] renormalized = new float[Cifar10.FEATURES];
        own.apply(stored.pixels(ofExample), renormalized);
        System.arraycopy(renormalized, 0, features, from, Cifar10.FEATURES);
      }
    }
  }
}

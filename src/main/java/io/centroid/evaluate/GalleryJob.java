package io.centroid.evaluate;

import io.centroid.compute.Predictor;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.data.PngImage;
import io.centroid.data.Split;
import io.centroid.evaluate.Gallery.Shown;
import io.centroid.shard.Example;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Collects a {@link Gallery} on the executors. */
public final class GalleryJob {
  private GalleryJob() {}

  /** The gallery of one split of a shard set. */
  public static Gallery collect(
      JavaSparkContext context, ShardSet shards, Split split, Classifier classifier) {
    NormalizationEntry stored = shards.manifest().normalization();
    Normalizer normalizer =
        new Normalizer(stored.kind(), new ChannelStatistics(stored.mean(), stored.deviation()));
    Broadcast<Classifier> broadcast = context.broadcast(classifier);
    try {
      return shards
          .examples(context, split)
          .mapPartitions(new Task(broadcast, normalizer))
          .collect()
          .stream()
          .reduce(GalleryTally.empty(Cifar10.CLASSES), GalleryTally::plus)
          .gallery();
    } finally {
      broadcast.destroy();
    }
  }

  /** Classifies one partition. */
  private record Task(Broadcast<Classifier> classifier, Normalizer normalizer)
      implements FlatMapFunction<Iterator<Example>, GalleryTally> {
    private static final int BATCH = 256;

    @Override
    public Iterator<GalleryTally> call(Iterator<Example> examples) {
      GalleryTally tally = GalleryTally.empty(Cifar10.CLASSES);
      List<Example> batch = new ArrayList<>(BATCH);
      float[] features = new float[BATCH * Cifar10.FEATURES];
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        while (examples.hasNext()) {
          Example example = examples.next();
          System.arraycopy(
              example.features(), 0, features, batch.size() * Cifar10.FEATURES, Cifar10.FEATURES);
          batch.add(example);
          if (batch.size() == BATCH || !examples.hasNext()) {
            add(batch, predictor.probabilities(features, batch.size()), tally);
            batch.clear();
          }
        }
      }
      return List.of(tally).iterator();
    }

    private void add(List<Example> batch, float[] probabilities, GalleryTally tally) {
      for (int i = 0; i < batch.size(); i++) {
        Example example = batch.get(i);
        int prediction = 0;
        for (int label = 1; label < Cifar10.CLASSES; label++) {
          if (probabilities[i * Cifar10.CLASSES + label]
              > probabilities[i * Cifar10.CLASSES + prediction]) {
            prediction = label;
          }
        }
        double probability = probabilities[i * Cifar10.CLASSES + prediction];
        tally.count(prediction == example.label(), probability);
        if (tally.wants(example.label(), prediction, probability)) {
          String png = PngImage.base64(normalizer.pixels(example.features()));
          tally.show(new Shown(example.id(), example.label(), prediction, probability, png));
        }
      }
    }
  }
}

package io.centroid.evaluate;

import io.centroid.compute.Predictor;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.model.ModelCard;
import io.centroid.shard.Example;
import io.centroid.shard.Manifest.NormalizationEntry;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Predicts the class of every test image of a shard set, on the executors. */
public final class PredictionJob {
  private static final int COLUMNS = 3;

  private PredictionJob() {}

  /**
   * Predicts with a model's own normalization, whatever the shards' is.
   *
   * @return one prediction for each test image, in ascending order of ids
   */
  public static TestPredictions predict(
      JavaSparkContext context, ShardSet shards, PublishedModel model) {
    NormalizationEntry stored = shards.manifest().normalization();
    Normalizer storedBy =
        new Normalizer(stored.kind(), new ChannelStatistics(stored.mean(), stored.deviation()));
    ModelCard card = model.card();
    Normalizer own =
        new Normalizer(card.normalization(), new ChannelStatistics(card.mean(), card.deviation()));
    Broadcast<Classifier> classifier = context.broadcast(model.classifier());
    try {
      return columns(
          shards
              .examples(context, Split.TEST)
              .mapPartitions(new Task(classifier, own.equals(storedBy) ? null : storedBy, own))
              .collect());
    } finally {
      classifier.destroy();
    }
  }

  private static TestPredictions columns(List<long[]> parts) {
    List<long[]> rows = new ArrayList<>();
    for (long[] part : parts) {
      for (int i = 0; i < part.length; i += COLUMNS) {
        rows.add(Arrays.copyOfRange(part, i, i + COLUMNS));
      }
    }
    rows.sort(Comparator.comparingLong(row -> row[0]));
    return new TestPredictions(
        rows.stream().mapToLong(row -> row[0]).toArray(),
        rows.stream().mapToInt(row -> (int) row[1]).toArray(),
        rows.stream().mapToInt(row -> (int) row[2]).toArray());
  }

  /**
   * Predicts one partition: {@code long[3 n]}, id, label and prediction of each image.
   *
   * @param storedBy what normalized the shards; null when it is the model's own
   */
  private record Task(Broadcast<Classifier> classifier, Normalizer storedBy, Normalizer own)
      implements FlatMapFunction<Iterator<Example>, long[]> {
    private static final int BATCH = 256;

    @Override
    public Iterator<long[]> call(Iterator<Example> examples) {
      List<long[]> parts = new ArrayList<>();
      float[] features = new float[BATCH * Cifar10.FEATURES];
      long[] rows = new long[BATCH * COLUMNS];
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        while (examples.hasNext()) {
          int count = 0;
          while (count < BATCH && examples.hasNext()) {
            Example example = examples.next();
            System.arraycopy(
                normalized(example), 0, features, count * Cifar10.FEATURES, Cifar10.FEATURES);
            rows[count * COLUMNS] = example.id();
            rows[count * COLUMNS + 1] = example.label();
            count++;
          }
          float[] probabilities = predictor.probabilities(features, count);
          for (int i = 0; i < count; i++) {
            rows[i * COLUMNS + 2] = mostProbable(probabilities, i * Cifar10.CLASSES);
          }
          parts.add(Arrays.copyOf(rows, count * COLUMNS));
        }
      }
      return parts.iterator();
    }

    private float[] normalized(Example example) {
      float[] features = example.features();
      if (storedBy != null) {
        own.apply(storedBy.pixels(features), features);
      }
      return features;
    }

    /** Of equally probable classes the one with the smallest label, as in the metrics. */
    private static int mostProbable(float[] probabilities, int from) {
      int prediction = 0;
      for (int label = 1; label < Cifar10.CLASSES; label++) {
        if (probabilities[from + label] > probabilities[from + prediction]) {
          prediction = label;
        }
      }
      return prediction;
    }
  }
}

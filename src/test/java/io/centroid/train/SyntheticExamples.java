package io.centroid.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;

/** Small separable examples: class c has feature c raised. */
final class SyntheticExamples {
  static final int FEATURES = 12;
  static final int CLASSES = 10;
  static final ExampleShape SHAPE = new ExampleShape(new long[] {FEATURES}, new long[] {CLASSES});

  private SyntheticExamples() {}

  /** Examples with ids 0, 7, 14, …; a pure function of their number. */
  static List<TrainingExample> of(int count) {
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(i);
      float[] features = new float[FEATURES];
      for (int f = 0; f < FEATURES; f++) {
        features[f] = (float) random.nextDouble();
      }
      int label = random.nextInt(CLASSES);
      features[label] += 1;
      float[] labels = new float[CLASSES];
      labels[label] = 1;
      examples.add(new TrainingExample(7L * i, features, labels));
    }
    return examples;
  }

  static long[] ids(List<TrainingExample> examples) {
    return examples.stream().mapToLong(TrainingExample::id).toArray();
  }

  /** Deals the examples after shuffling them and cutting them into partitions anyhow. */
  static WorkerShares deal(
      JavaSparkContext context,
      List<TrainingExample> examples,
      int partitions,
      int workers,
      long seed) {
    List<TrainingExample> shuffled = new ArrayList<>(examples);
    Collections.shuffle(shuffled, new Random(partitions));
    return WorkerShares.deal(
        context, context.parallelize(shuffled, partitions), ids(examples), SHAPE, workers, seed);
  }
}

package io.centroid.evaluate;

import io.centroid.compute.Predictor;
import io.centroid.data.Cifar10;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Classifies examples on the executors, one network per task, and counts. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * Classifies every example and adds up the counts in the order of the partitions, so that the sum
   * does not depend on which task ends first.
   */
  public static Counts evaluate(
      JavaSparkContext context, JavaRDD<LabeledBatch> batches, Classifier classifier) {
    Broadcast<Classifier> broadcast = context.broadcast(classifier);
    try {
      return batches.mapPartitions(new Task(broadcast)).collect().stream()
          .reduce(Counts.empty(Cifar10.CLASSES), Counts::plus);
    } finally {
      broadcast.destroy();
    }
  }

  /** Classifies and counts one partition. */
  private record Task(Broadcast<Classifier> classifier)
      implements FlatMapFunction<Iterator<LabeledBatch>, Counts> {

    @Override
    public Iterator<Counts> call(Iterator<LabeledBatch> batches) {
      Tally tally = new Tally(Cifar10.CLASSES);
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        batches.forEachRemaining(batch -> classify(predictor, batch, tally));
      }
      return List.of(tally.counts()).iterator();
    }

    private static void classify(Predictor predictor, LabeledBatch batch, Tally tally) {
      float[] probabilities = predictor.probabilities(batch.features(), batch.labels().length);
      for (int i = 0; i < batch.labels().length; i++) {
        tally.add(batch.labels()[i], probabilities, i * Cifar10.CLASSES);
      }
    }
  }
}

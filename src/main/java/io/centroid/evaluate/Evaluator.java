package io.centroid.evaluate;

import io.centroid.compute.Predictor;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** Classifies examples on the executors, one network per task. */
public final class Evaluator {
  private Evaluator() {}

  /** Classifies every example, of which the label is known, and counts. */
  public static Counts count(
      JavaSparkContext context,
      JavaRDD<FeatureBatch<Truth>> batches,
      Classifier classifier,
      int classes) {
    return classify(
            context,
            batches,
            classifier,
            () -> new Tally<Truth>(classes, Truth::label, Truth::weight))
        .stream()
        .reduce(Counts.empty(classes), Counts::plus);
  }

  /**
   * Classifies every example.
   *
   * @return what each partition came to, in the order of the partitions, so that sums do not depend
   *     on which task ends first
   */
  static <E, R> List<R> classify(
      JavaSparkContext context,
      JavaRDD<FeatureBatch<E>> batches,
      Classifier classifier,
      ExampleTally.Factory<E, R> tallies) {
    Broadcast<Classifier> broadcast = context.broadcast(classifier);
    try {
      return batches.mapPartitions(new Task<>(broadcast, tallies)).collect();
    } finally {
      broadcast.destroy();
    }
  }

  /** Classifies one partition. */
  private record Task<E, R>(Broadcast<Classifier> classifier, ExampleTally.Factory<E, R> tallies)
      implements FlatMapFunction<Iterator<FeatureBatch<E>>, R> {

    @Override
    public Iterator<R> call(Iterator<FeatureBatch<E>> batches) {
      ExampleTally<E, R> tally = tallies.begin();
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        batches.forEachRemaining(batch -> classify(predictor, batch, tally));
      }
      return List.of(tally.result()).iterator();
    }

    private void classify(Predictor predictor, FeatureBatch<E> batch, ExampleTally<E, R> tally) {
      List<E> examples = batch.examples();
      float[] probabilities = predictor.probabilities(batch.features(), examples.size());
      int classes = probabilities.length / examples.size();
      for (int i = 0; i < examples.size(); i++) {
        tally.add(examples.get(i), probabilities, i * classes);
      }
    }
  }
}

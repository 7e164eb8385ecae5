package io.centroid.evaluate;

import io.centroid.data.Cifar10;
import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
      MultiLayerNetwork network = Networks.fromJson(classifier.value().configurationJson());
      try {
        FlatParameters.write(classifier.value().parameters(), network.params());
        batches.forEachRemaining(batch -> classify(network, batch, tally));
      } finally {
        network.close();
      }
      return List.of(tally.counts()).iterator();
    }

    private static void classify(MultiLayerNetwork network, LabeledBatch batch, Tally tally) {
      int examples = batch.labels().length;
      try (INDArray features =
              Nd4j.create(
                  batch.features(),
                  new long[] {examples, batch.features().length / examples},
                  'c');
          INDArray output = network.output(features, false);
          INDArray rows = output.dup('c')) {
        float[] probabilities = FlatParameters.read(rows.reshape(rows.length()));
        for (int i = 0; i < examples; i++) {
          tally.add(batch.labels()[i], probabilities, i * Cifar10.CLASSES);
        }
      }
    }
  }
}

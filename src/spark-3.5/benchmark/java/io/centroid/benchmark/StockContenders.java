package io.centroid.benchmark;

import io.centroid.average.RoundPlan;
import io.centroid.compute.TrainingState;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.WorkerShare;
import io.centroid.deal.WorkerShares;
import io.centroid.dl4j.StockAveraging;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.model.Networks;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's own averaging, in both of its approaches. */
final class StockContenders {
  private StockContenders() {}

  /** Both, with the plan's workers, minibatches of 32 and frequency. */
  static List<Contender> of(
      JavaSparkContext context,
      WorkerShares shares,
      MultiLayerConfiguration network,
      RoundPlan plan) {
    return List.of(
        new AveragingBenchmark.Engine(
            AveragingBenchmark.label("stock, Direct, guarded", plan),
            StockAveraging.of(context, shares, network.toJson(), plan),
            TrainingState.initial(network)),
        new Export(
            AveragingBenchmark.label("stock, Export", plan), context, shares, network, plan));
  }

  /** Deeplearning4j's own master as its users run it, by way of files. */
  private static final class Export implements Contender {
    private static final int MINIBATCH = 32;

    private final String name;
    private final JavaSparkContext context;
    private final long examples;
    private final JavaRDD<DataSet> minibatches;
    private final ParameterAveragingTrainingMaster master;
    private final SparkDl4jMultiLayer spark;

    Export(
        String name,
        JavaSparkContext context,
        WorkerShares dealt,
        MultiLayerConfiguration network,
        RoundPlan plan) {
      this.name = name;
      this.context = context;
      this.examples = plan.examples();
      FeatureCoding coding = dealt.shape().coding();
      minibatches =
          dealt
              .shares()
              .flatMap(WorkerShare::blocks)
              .flatMap(block -> minibatches(block, coding).iterator())
              .persist(StorageLevel.MEMORY_ONLY_SER());
      master =
          new ParameterAveragingTrainingMaster.Builder(plan.workers(), MINIBATCH)
              .batchSizePerWorker(MINIBATCH)
              .averagingFrequency(plan.averagingFrequency())
              .saveUpdater(true)
              .rngSeed(plan.seed())
              .rddTrainingApproach(RDDTrainingApproach.Export)
              .storageLevel(null)
              .build();
      spark = new SparkDl4jMultiLayer(context, Networks.initialized(network), master);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Turn turn() {
      return Contender.timed(examples, () -> spark.fit(minibatches));
    }

    @Override
    public void close() {
      master.deleteTempFiles(context);
      minibatches.unpersist();
    }

    private static List<DataSet> minibatches(ExampleBlock block, FeatureCoding coding) {
      return Stream.iterate(0, from -> from + MINIBATCH <= block.size(), from -> from + MINIBATCH)
          .map(from -> minibatch(block, from, coding))
          .toList();
    }

    private static DataSet minibatch(ExampleBlock block, int from, FeatureCoding coding) {
      int features = block.features().length / block.size() / coding.bytesPerValue();
      int labels = block.labels().length / block.size();
      float[] values = new float[MINIBATCH * features];
      for (int i = 0; i < MINIBATCH; i++) {
        int at = (from + i) * features * coding.bytesPerValue();
        coding.decode(block.features(), at, values, i * features, features);
      }
      return new DataSet(
          Nd4j.create(values, ExampleShape.minibatch(MINIBATCH, new long[] {features}), 'c'),
          Nd4j.create(
              Arrays.copyOfRange(block.labels(), from * labels, (from + MINIBATCH) * labels),
              ExampleShape.minibatch(MINIBATCH, new long[] {labels}),
              'c'));
    }
  }
}

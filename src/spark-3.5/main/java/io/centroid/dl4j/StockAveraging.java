package io.centroid.dl4j;

import io.centroid.average.AveragingEngine;
import io.centroid.average.AveragingState;
import io.centroid.average.Divergence;
import io.centroid.average.EpochTally;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.TrainingState;
import io.centroid.deal.EpochOrder;
import io.centroid.deal.WorkerShare;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
import io.centroid.model.Networks;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j's own {@link ParameterAveragingTrainingMaster}, guarded against what it does to
 * data: the baseline to measure against.
 *
 * <p>The guards: the master is handed one round at a time, in as many partitions as there are
 * workers and no more minibatches than it trains, so that it neither splits nor repartitions (both
 * lose data); the updater state is kept; its random source is seeded; the examples it really
 * trained on are counted; the iteration count is set to the steps really made. What cannot be
 * guarded: it averages without weights, and in the order in which results arrive.
 */
public final class StockAveraging implements AveragingEngine {
  private static final double NANOS = 1e9;

  private final JavaSparkContext context;
  private final WorkerShares shares;
  private final RoundPlan plan;
  private final SparkDl4jMultiLayer spark;
  private final LongAccumulator examplesTrained;

  /** Whether this line of Spark has it. */
  public static boolean isAvailable() {
    return true;
  }

  /**
   * Creates an engine over dealt shares.
   *
   * @param configurationJson the Deeplearning4j configuration of the network, as JSON
   * @param plan how epochs are cut; its examples and workers are those of {@code shares}
   */
  public static AveragingEngine of(
      JavaSparkContext context, WorkerShares shares, String configurationJson, RoundPlan plan) {
    return new StockAveraging(context, shares, configurationJson, plan);
  }

  private StockAveraging(
      JavaSparkContext context, WorkerShares shares, String configurationJson, RoundPlan plan) {
    this.context = context;
    this.shares = shares;
    this.plan = plan;
    this.examplesTrained = context.sc().longAccumulator("examples trained");
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(plan.workers(), plan.minibatchSize())
            .batchSizePerWorker(plan.minibatchSize())
            .averagingFrequency(plan.averagingFrequency())
            .saveUpdater(true)
            .rngSeed(plan.seed())
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .repartionData(Repartition.NumPartitionsWorkersDiffers)
            .storageLevel(null)
            .workerPrefetchNumBatches(0)
            .build();
    master.addHook(new ExampleCounter(examplesTrained));
    this.spark = new SparkDl4jMultiLayer(context, Networks.fromJson(configurationJson), master);
  }

  @Override
  public TrainingPosition trainEpoch(TrainingPosition from, RoundListener listener) {
    MultiLayerNetwork network = spark.getNetwork();
    from.state().training().writeTo(network);

    int epoch = from.epoch();
    int rounds = plan.rounds();
    long counted = examplesTrained.value() - from.tally().examples();
    TrainingPosition position = from;
    boolean goesOn = true;
    for (int round = from.round(); goesOn && round < rounds; round++) {
      String label = "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
      context.setJobGroup("epoch " + epoch, label, false);
      long begin = System.nanoTime();
      int iteration = network.getIterationCount();
      JavaRDD<DataSet> examples =
          shares.shares().flatMap(new RoundExamples(shares.shape(), plan, epoch, round));
      spark.fit(examples);
      network.setIterationCount(iteration + plan.longestSteps(round));

      long used = plan.examplesOf(round);
      Divergence.check(spark.getScore(), label);
      double seconds = (System.nanoTime() - begin) / NANOS;
      RoundTiming timing = RoundTiming.untold(used, seconds);
      EpochTally tally =
          position
              .tally()
              .plus(
                  new Coverage(used, 0), // Deeplearning4j does not know ids
                  (double) used,
                  plan.steps(round),
                  spark.getScore() * used,
                  seconds,
                  timing);
      position =
          new TrainingPosition(
              epoch, round + 1, AveragingState.of(TrainingState.of(network)), tally);
      goesOn = listener.roundDone(epoch, round + 1, spark.getScore(), timing);
      if (goesOn && (round + 1) % listener.interval() == 0) {
        listener.reached(position);
      }
    }
    context.clearJobGroup();
    if (position.round() < rounds) {
      return position;
    }
    long examples = examplesTrained.value() - counted;
    if (examples != plan.examples()) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot finish epoch %d: found %d examples used, expected each of %d once."
              .formatted(epoch, examples, plan.examples()));
    }
    Divergence.check(position.state(), epoch);
    return position;
  }

  @Override
  public void close() {
    spark.getNetwork().close();
  }

  /** The minibatches of one round as DataSets, one partition for each worker. */
  private record RoundExamples(ExampleShape shape, RoundPlan plan, int epoch, int round)
      implements FlatMapFunction<WorkerShare, DataSet> {

    @Override
    public Iterator<DataSet> call(WorkerShare share) {
      int to = plan.from(share.worker(), round + 1);
      EpochOrder order = share.order(epoch);
      Minibatch minibatch = new Minibatch(plan.minibatchSize(), shape);
      List<DataSet> minibatches = new ArrayList<>();
      for (int at = plan.from(share.worker(), round); at < to; at += plan.minibatchSize()) {
        int examples = Math.min(plan.minibatchSize(), to - at);
        float[] features = new float[examples * shape.featureCount()];
        float[] labels = new float[examples * shape.labelCount()];
        share.gather(order, at, examples, minibatch);
        minibatch.copyFeatures(features);
        minibatch.copyLabels(labels);
        minibatches.add(
            new DataSet(
                Nd4j.create(features, ExampleShape.minibatch(examples, shape.features()), 'c'),
                Nd4j.create(labels, ExampleShape.minibatch(examples, shape.labels()), 'c')));
      }
      return minibatches.iterator();
    }
  }

  /** Counts what the workers really train on; Spark counts successful tasks only. */
  private record ExampleCounter(LongAccumulator examples) implements TrainingHook {

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {}

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
      examples.add(minibatch.numExamples());
    }

    @Override
    public void preUpdate(MultiDataSet minibatch, Model model) {}

    @Override
    public void postUpdate(MultiDataSet minibatch, Model model) {}
  }
}

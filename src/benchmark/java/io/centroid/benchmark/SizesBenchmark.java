package io.centroid.benchmark;

import io.centroid.average.AveragingEngine;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.Settings;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.example.SplitMix;
import io.centroid.job.Phases;
import java.io.Serializable;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.RDDInfo;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Dealing, and epochs, of generated examples: as many, and as large, as a machine can bear. */
final class SizesBenchmark {
  private static final int CLASSES = 2;
  private static final double GIGABYTE = 1 << 30;
  private static final double NANOS = 1e9;

  /**
   * What to generate.
   *
   * @param examples how many
   * @param features floats of each
   */
  record Size(int examples, int features) implements Serializable {
    private static final int FEWEST_PARTITIONS = 16;
    private static final int PARTITION_EXAMPLES = 1 << 20;

    ExampleShape shape() {
      return new ExampleShape(new long[] {features}, new long[] {CLASSES});
    }

    int partitions() {
      return Math.max(FEWEST_PARTITIONS, examples / PARTITION_EXAMPLES);
    }

    LongStream ranks(int partition) {
      return LongStream.range(
          (long) examples * partition / partitions(),
          (long) examples * (partition + 1) / partitions());
    }

    Iterator<TrainingExample> generate(int partition) {
      return ranks(partition).mapToObj(this::example).iterator();
    }

    Coverage coverage(int partition) {
      return new Coverage(ranks(partition).count(), ranks(partition).map(SplitMix::mix).sum());
    }

    /** Two classes that the first feature tells apart, most of the time. */
    private TrainingExample example(long rank) {
      float[] values = new float[features];
      for (int i = 0; i < features; i++) {
        values[i] = (SplitMix.mix(rank * features + i) >>> 40) / (float) (1 << 24);
      }
      int label = (int) (rank % CLASSES);
      values[0] += label;
      float[] labels = new float[CLASSES];
      labels[label] = 1;
      return new TrainingExample(rank, rank, 1, FeatureCoding.FLOATS.encode(values), labels);
    }
  }

  private final JavaSparkContext context;
  private final Settings settings;
  private final Phases phases;

  SizesBenchmark(JavaSparkContext context, Settings settings, Phases phases) {
    this.context = context;
    this.settings = settings;
    this.phases = phases;
  }

  /** Deals and trains for the epochs that the settings say. */
  void run(Size size) {
    JavaRDD<Integer> partitions =
        context.parallelize(
            IntStream.range(0, size.partitions()).boxed().toList(), size.partitions());
    Coverage coverage = partitions.map(size::coverage).fold(Coverage.NONE, Coverage::plus);
    int workers = settings.training().workers();
    long seed = settings.training().seed();
    long begin = System.nanoTime();
    try (WorkerShares shares =
        WorkerShares.deal(
            partitions.flatMap(size::generate), coverage, size.shape(), workers, seed)) {
      told("Dealt", size, System.nanoTime() - begin);
      for (RDDInfo info : context.sc().getRDDStorageInfo()) {
        phases.say(
            "Blocks: %,d, %.2f GB in memory, %.2f GB on disk",
            info.numPartitions(), info.memSize() / GIGABYTE, info.diskSize() / GIGABYTE);
      }
      train(shares, size);
    }
  }

  private void train(WorkerShares shares, Size size) {
    MultiLayerConfiguration network = network(size.features());
    RoundPlan plan =
        new RoundPlan(
            size.examples(),
            shares.workers(),
            settings.training().minibatchSize(),
            settings.averaging().frequency(),
            shares.seed());
    try (AveragingEngine engine =
        new CentroidAveraging(
                context,
                shares,
                network.toJson(),
                StepRecipe.plain(LocalStep.FAST),
                plan,
                settings.averaging())
            .betweenExecutors(true, line -> phases.say("%s", line))) {
      TrainingPosition position = TrainingPosition.before(1, TrainingState.initial(network));
      for (int epoch = 1; epoch <= settings.training().epochs(); epoch++) {
        long begin = System.nanoTime();
        TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
        told(
            "Epoch %d, loss %.4f:".formatted(epoch, end.tally().meanLoss()),
            size,
            System.nanoTime() - begin);
        position = end.nextEpoch();
      }
    }
  }

  private void told(String what, Size size, long nanos) {
    phases.say(
        "%s %,d examples in %.1f s, %,.0f a second; memory, heap used after collection / resident, MB: %s",
        what,
        size.examples(),
        nanos / NANOS,
        size.examples() / (nanos / NANOS),
        JvmMemory.ofAll(context));
  }

  private MultiLayerConfiguration network(int features) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(settings.training().seed())
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .updater(new Adam(settings.training().update().learningRate()))
            .list();
    for (int width : settings.network().hiddenWidths()) {
      layers.layer(new DenseLayer.Builder().nOut(width).activation(Activation.RELU).build());
    }
    return layers
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.feedForward(features))
        .build();
  }
}

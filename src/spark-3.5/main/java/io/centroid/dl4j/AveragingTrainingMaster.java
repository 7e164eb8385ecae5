package io.centroid.dl4j;

import io.centroid.average.AveragingState;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepOptions;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.LocalStepKind;
import io.centroid.config.OuterSettings;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.model.FlatParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The averaging engine as a Deeplearning4j {@link TrainingMaster}: every example exactly once per
 * {@code fit}, weighted averaging of parameters and updater state, the same bits on every run.
 *
 * <pre>{@code
 * try (AveragingTrainingMaster master = AveragingTrainingMaster.builder().workers(4).build()) {
 *   SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(context, configuration, master);
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     spark.fit(examples);
 *   }
 * }
 * }</pre>
 *
 * <p>An example's id is its place in the RDD, so the RDD has to give its examples in the same order
 * whenever it is computed. Its examples are dealt to the workers at the first {@code fit} and kept
 * in executor memory until another RDD is trained on, or {@link #close}. A network may be given
 * another configuration between two calls, and another network may be trained on the same data. It
 * trains networks ({@link SparkDl4jMultiLayer}) on data without masks; the other methods of the
 * interface throw {@link UnsupportedOperationException}. Listeners, hooks and statistics are not
 * supported either: they would run on executors, once for every attempt of a task.
 */
public final class AveragingTrainingMaster
    implements TrainingMaster<TrainingResult, TrainingWorker<TrainingResult>>, AutoCloseable {
  private final int workers;
  private final int minibatchSize;
  private final long seed;
  private final AveragingSettings averaging;
  private final LocalStepKind localStep;
  private Dealt dealt;
  private Engine engine;
  private MultiLayerNetwork trained;
  private float[] velocity = FlatParameters.NONE;

  /** Examples of one RDD in executor memory. */
  private record Dealt(RDD<DataSet> data, WorkerShares shares) {}

  /** What trains networks of one configuration on the examples. */
  private record Engine(String configuration, CentroidAveraging averaging) {}

  private AveragingTrainingMaster(Builder builder) {
    this.workers = builder.workers;
    this.minibatchSize = builder.minibatchSize;
    this.seed = builder.seed;
    this.localStep = builder.localStep;
    this.averaging =
        new AveragingSettings(
            builder.averagingFrequency,
            EngineKind.CENTROID,
            0,
            OuterSettings.momentum(builder.outerMomentum),
            0,
            builder.fanIn);
  }

  /** Starts with 2 workers, minibatches of 32, averaging every 5 minibatches. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the settings of an {@link AveragingTrainingMaster}. */
  public static final class Builder {
    private int workers = 2;
    private int minibatchSize = 32;
    private int averagingFrequency = 5;
    private double outerMomentum;
    private int fanIn = 16;
    private long seed = 1;
    private LocalStepKind localStep = LocalStepKind.GENERAL;

    private Builder() {}

    /** Logical workers W, at least 1; part of the result, the number of executors never is. */
    public Builder workers(int value) {
      workers = value;
      return this;
    }

    /** Examples per step of one worker, at least 1. */
    public Builder minibatchSize(int value) {
      minibatchSize = value;
      return this;
    }

    /** Minibatches each worker trains between two averagings, at least 1. */
    public Builder averagingFrequency(int value) {
      averagingFrequency = value;
      return this;
    }

    /** Momentum over rounds, 0 (plain averaging) to 0.99. */
    public Builder outerMomentum(double value) {
      outerMomentum = value;
      return this;
    }

    /** Results that are averaged in one place, at least 2. */
    public Builder fanIn(int value) {
      fanIn = value;
      return this;
    }

    /** Decides the order of the examples. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * What a worker trains with. The general step, Deeplearning4j's own {@code fit}, is the
     * default; the fast one agrees with it to rounding and is several times faster, for dense
     * networks.
     */
    public Builder localStep(LocalStepKind value) {
      localStep = value;
      return this;
    }

    /**
     * Makes the master.
     *
     * @throws IllegalArgumentException when a value is out of its range
     */
    public AveragingTrainingMaster build() {
      if (workers < 1 || minibatchSize < 1) {
        throw new IllegalArgumentException(
            "Cannot make a training master: found %d workers and minibatches of %d, expected at"
                    .formatted(workers, minibatchSize)
                + " least 1 of each.");
      }
      return new AveragingTrainingMaster(this);
    }
  }

  @Override
  public void executeTraining(SparkDl4jMultiLayer spark, JavaRDD<DataSet> trainingData) {
    MultiLayerNetwork network = spark.getNetwork();
    if (dealt == null || dealt.data() != trainingData.rdd()) {
      close();
      dealt = new Dealt(trainingData.rdd(), deal(trainingData));
    }
    String configuration = uncounted(network.getLayerWiseConfigurations());
    if (engine == null || !engine.configuration().equals(configuration)) {
      closeEngine();
      engine = new Engine(configuration, engine(spark.getSparkContext(), network));
    }
    if (!isTheSame(network)) {
      trained = network;
      velocity = FlatParameters.NONE; // that of another training
    }
    AveragingState start =
        new AveragingState(TrainingState.of(network), velocity, FlatParameters.NONE, 0);
    TrainingPosition end =
        engine
            .averaging()
            .trainEpoch(
                TrainingPosition.before(network.getEpochCount() + 1, start), RoundListener.NONE);
    velocity = end.state().velocity();
    end.state().training().writeTo(network);
    spark.setScore(end.tally().meanLoss());
    network.setScore(end.tally().meanLoss());
  }

  /** Whether the network is the one that was trained last. */
  @SuppressWarnings("ReferenceEquality") // equal networks are different ones
  private boolean isTheSame(MultiLayerNetwork network) {
    return trained == network;
  }

  /** Frees the examples and networks held on the executors. */
  @Override
  public void close() {
    closeEngine();
    if (dealt != null) {
      dealt.shares().close();
      dealt = null;
    }
    trained = null;
    velocity = FlatParameters.NONE;
  }

  private void closeEngine() {
    if (engine != null) {
      engine.averaging().close();
      engine = null;
    }
  }

  /** A network's configuration as JSON, without how long it was trained, which is kept in it. */
  private static String uncounted(MultiLayerConfiguration configuration) {
    MultiLayerConfiguration copy = configuration.clone();
    copy.setIterationCount(0);
    copy.setEpochCount(0);
    for (NeuralNetConfiguration layer : copy.getConfs()) {
      layer.setIterationCount(0);
      layer.setEpochCount(0);
    }
    return copy.toJson();
  }

  private WorkerShares deal(JavaRDD<DataSet> trainingData) {
    JavaRDD<TrainingExample> examples =
        trainingData
            .flatMap(new Examples())
            .zipWithIndex()
            .map(
                indexed ->
                    new TrainingExample(
                        indexed._2(),
                        indexed._2(),
                        1,
                        indexed._1().features(),
                        indexed._1().labels()));
    ExampleShape shape = trainingData.map(AveragingTrainingMaster::shape).first();
    Coverage coverage =
        examples
            .map(example -> Coverage.of(new long[] {example.id()}))
            .fold(Coverage.NONE, Coverage::plus);
    return WorkerShares.deal(examples, coverage, shape, workers, seed);
  }

  private CentroidAveraging engine(JavaSparkContext context, MultiLayerNetwork network) {
    MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
    WorkerShares shares = dealt.shares();
    return new CentroidAveraging(
        context,
        shares,
        configuration.toJson(),
        StepRecipe.plain(LocalStep.of(localStep, configuration, StepOptions.PLAIN)),
        new RoundPlan(shares.examples(), workers, minibatchSize, averaging.frequency(), seed),
        averaging);
  }

  private static ExampleShape shape(DataSet minibatch) {
    return new ExampleShape(
        exampleShape(minibatch.getFeatures()), exampleShape(minibatch.getLabels()));
  }

  private static long[] exampleShape(INDArray minibatch) {
    long[] shape = minibatch.shape();
    return Arrays.copyOfRange(shape, 1, shape.length);
  }

  /** Cuts minibatches of any size into their examples. */
  private record Examples() implements FlatMapFunction<DataSet, TrainingExample> {
    @Override
    public Iterator<TrainingExample> call(DataSet minibatch) {
      if (minibatch.hasMaskArrays()) {
        throw JobException.data(
            "Cannot train on data with mask arrays: found a mask, expected none. Use"
                + " Deeplearning4j's own training master.");
      }
      List<TrainingExample> examples = new ArrayList<>();
      for (int i = 0; i < minibatch.numExamples(); i++) {
        examples.add(
            new TrainingExample(
                0,
                0,
                1,
                FeatureCoding.FLOATS.encode(flat(minibatch.getFeatures(), i)),
                flat(minibatch.getLabels(), i)));
      }
      return examples.iterator();
    }

    private static float[] flat(INDArray minibatch, int example) {
      return minibatch
          .tensorAlongDimension(example, otherThanFirst(minibatch))
          .dup('c')
          .data()
          .asFloat();
    }

    private static int[] otherThanFirst(INDArray array) {
      return IntStream.range(1, array.rank()).toArray();
    }
  }

  @Override
  public String toJson() {
    return String.format(
        Locale.ROOT,
        "{\"workers\":%d,\"minibatchSize\":%d,\"averagingFrequency\":%d,\"outerMomentum\":%s,"
            + "\"fanIn\":%d,\"seed\":%d}",
        workers,
        minibatchSize,
        averaging.frequency(),
        averaging.outer().momentum(),
        averaging.fanIn(),
        seed);
  }

  /** The same as {@link #toJson}: every JSON text is YAML. */
  @Override
  public String toYaml() {
    return toJson();
  }

  @Override
  public boolean getIsCollectTrainingStats() {
    return false;
  }

  @Override
  public SparkTrainingStats getTrainingStats() {
    return null;
  }

  @Override
  public void setCollectTrainingStats(boolean collectTrainingStats) {
    if (collectTrainingStats) {
      throw unsupported("statistics");
    }
  }

  @Override
  public void addHook(TrainingHook hook) {
    throw unsupported("training hooks");
  }

  @Override
  public void removeHook(TrainingHook hook) {}

  @Override
  public void setListeners(Collection<TrainingListener> listeners) {
    setListeners(null, listeners);
  }

  @Override
  public void setListeners(StatsStorageRouter router, Collection<TrainingListener> listeners) {
    if (listeners != null && !listeners.isEmpty()) {
      throw unsupported("listeners");
    }
  }

  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkDl4jMultiLayer network) {
    throw unsupported("workers outside of executeTraining");
  }

  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkComputationGraph graph) {
    throw unsupported("computation graphs");
  }

  @Override
  public void executeTraining(SparkComputationGraph graph, JavaRDD<DataSet> trainingData) {
    throw unsupported("computation graphs");
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> trainingData) {
    throw unsupported("computation graphs");
  }

  @Override
  public void executeTrainingPaths(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<String> trainingDataPaths,
      DataSetLoader dataSetLoader,
      MultiDataSetLoader multiDataSetLoader) {
    throw unsupported("paths");
  }

  /** There are no temporary files; frees what the executors hold. */
  @Override
  public boolean deleteTempFiles(JavaSparkContext context) {
    close();
    return true;
  }

  /** There are no temporary files; frees what the executors hold. */
  @Override
  public boolean deleteTempFiles(SparkContext context) {
    close();
    return true;
  }

  private static UnsupportedOperationException unsupported(String what) {
    return new UnsupportedOperationException(
        "AveragingTrainingMaster does not support "
            + what
            + "; Deeplearning4j's ParameterAveragingTrainingMaster does.");
  }
}

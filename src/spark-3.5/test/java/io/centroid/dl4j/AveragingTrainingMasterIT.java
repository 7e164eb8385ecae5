package io.centroid.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.centroid.LocalSpark;
import io.centroid.average.SyntheticExamples;
import io.centroid.config.LocalStepKind;
import io.centroid.deal.TrainingExample;
import io.centroid.model.FlatParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The engine as a training master, on a convolutional network with dropout: none of ours. */
final class AveragingTrainingMasterIT {

  @Test
  void trainsAConvolutionalNetworkToTheSameBitsOnAnyMaster() {
    Trained one = train("local[1]", 3);
    Trained four = train("local[4]", 3);
    assertThat(four.parametersSha256()).isEqualTo(one.parametersSha256());
    assertThat(one.losses().get(7)).isLessThan(0.6 * one.losses().get(0));
    assertThat(one.epochs()).isEqualTo(8);
    assertThat(one.iterations()).isEqualTo(8 * 5);
  }

  /** The network of the engine's own tests, with Deeplearning4j's step and with the fast one. */
  @Test
  void theFastStepAgreesWithDeeplearning4jsOwn() {
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      List<DataSet> minibatches = new ArrayList<>();
      for (TrainingExample example : SyntheticExamples.of(90)) {
        minibatches.add(
            new DataSet(
                Nd4j.create(new float[][] {SyntheticExamples.features(example)}),
                Nd4j.create(new float[][] {example.labels()})));
      }
      JavaRDD<DataSet> data = context.parallelize(minibatches, 3);
      List<float[]> trained = new ArrayList<>();
      for (LocalStepKind step : List.of(LocalStepKind.GENERAL, LocalStepKind.FAST)) {
        try (AveragingTrainingMaster master =
            AveragingTrainingMaster.builder().minibatchSize(8).localStep(step).build()) {
          SparkDl4jMultiLayer spark =
              new SparkDl4jMultiLayer(context, SyntheticExamples.configuration(), master);
          spark.fit(data);
          trained.add(FlatParameters.read(spark.getNetwork().params()));
        }
      }
      assertThat(trained.get(1)).containsExactly(trained.get(0), within(1e-5f));
      assertThat(trained.get(1)).isNotEqualTo(trained.get(0));
    }
  }

  /**
   * The examples of an RDD are kept; a network that was trained on them before is another matter.
   */
  @Test
  void trainsAnotherNetworkOnTheSameData() {
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      JavaRDD<DataSet> data = context.parallelize(minibatches(), 5);
      MultiLayerConfiguration other = configuration();
      other.getConfs().forEach(layer -> layer.setSeed(7));
      ((BaseLayer) other.getConf(0).getLayer()).setIUpdater(new Nesterovs(0.01, 0.9));
      String alone;
      try (AveragingTrainingMaster master = withMomentum()) {
        alone = trainedTwice(context, other, master, data);
      }
      try (AveragingTrainingMaster master = withMomentum()) {
        assertThat(trainedTwice(context, configuration(), master, data)).isNotEqualTo(alone);
        assertThat(trainedTwice(context, other, master, data)).isEqualTo(alone);
        assertThat(trainedTwice(context, other, master, data)).as("once more").isEqualTo(alone);
      }
    }
  }

  private static AveragingTrainingMaster withMomentum() {
    return AveragingTrainingMaster.builder().outerMomentum(0.5).build();
  }

  private static String trainedTwice(
      JavaSparkContext context,
      MultiLayerConfiguration configuration,
      AveragingTrainingMaster master,
      JavaRDD<DataSet> data) {
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(context, configuration.clone(), master);
    spark.fit(data);
    spark.fit(data);
    return FlatParameters.sha256(FlatParameters.read(spark.getNetwork().params()));
  }

  @Test
  void refusesDataWithMasks() {
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      DataSet masked = minibatch(0, 4);
      masked.setLabelsMaskArray(Nd4j.ones(4, 1));
      try (AveragingTrainingMaster master = AveragingTrainingMaster.builder().build()) {
        SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(context, configuration(), master);
        JavaRDD<DataSet> data = context.parallelize(List.of(masked));
        assertThatThrownBy(() -> spark.fit(data))
            .hasStackTraceContaining(
                "Cannot train on data with mask arrays: found a mask, expected none.");
      }
    }
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> AveragingTrainingMaster.builder().workers(0).build())
        .hasMessage(
            "Cannot make a training master: found 0 workers and minibatches of 32, expected at"
                + " least 1 of each.");
    assertThatThrownBy(() -> AveragingTrainingMaster.builder().averagingFrequency(0).build())
        .hasMessage("averaging.frequency: found 0, expected 1 to 1000000");
  }

  private record Trained(
      String parametersSha256, List<Double> losses, int epochs, int iterations) {}

  private static Trained train(String sparkMaster, int workers) {
    try (SparkSession session = LocalSpark.open(sparkMaster)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      JavaRDD<DataSet> data = context.parallelize(minibatches(), 5);
      try (AveragingTrainingMaster master =
          AveragingTrainingMaster.builder()
              .workers(workers)
              .minibatchSize(10)
              .averagingFrequency(2)
              .seed(4)
              .build()) {
        SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(context, configuration(), master);
        List<Double> losses = new ArrayList<>();
        for (int epoch = 0; epoch < 8; epoch++) {
          spark.fit(data);
          losses.add(spark.getScore());
        }
        MultiLayerNetwork network = spark.getNetwork();
        return new Trained(
            FlatParameters.sha256(FlatParameters.read(network.params())),
            losses,
            network.getEpochCount(),
            network.getIterationCount());
      }
    }
  }

  /** 131 examples in minibatches of 17, the last one smaller. */
  private static List<DataSet> minibatches() {
    List<DataSet> minibatches = new ArrayList<>();
    for (int from = 0; from < 131; from += 17) {
      minibatches.add(minibatch(from, Math.min(17, 131 - from)));
    }
    return minibatches;
  }

  /** Images of 6 × 6 with a bright row; the row is the class. */
  private static DataSet minibatch(int from, int examples) {
    INDArray features = Nd4j.zeros(examples, 1, 6, 6);
    INDArray labels = Nd4j.zeros(examples, 6);
    for (int i = 0; i < examples; i++) {
      SplittableRandom random = new SplittableRandom(from + i);
      int bright = random.nextInt(6);
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 6; column++) {
          double value = 0.3 * random.nextDouble() + (row == bright ? 1 : 0);
          features.putScalar(new int[] {i, 0, row, column}, value);
        }
      }
      labels.putScalar(i, bright, 1);
    }
    return new DataSet(features, labels);
  }

  private static MultiLayerConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(2)
        .updater(new Nesterovs(0.05, 0.9))
        .l2(1e-4)
        .list()
        .layer(
            new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .activation(Activation.RELU)
                .dropOut(0.9)
                .build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(6)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutional(6, 6, 1))
        .build();
  }
}

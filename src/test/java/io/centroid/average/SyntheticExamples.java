package io.centroid.average;

import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small separable examples: class c has feature c raised. */
public final class SyntheticExamples {
  static final int FEATURES = 12;
  static final int CLASSES = 10;
  static final ExampleShape SHAPE = new ExampleShape(new long[] {FEATURES}, new long[] {CLASSES});

  private SyntheticExamples() {}

  /** Examples with ids 0, 7, 14, …; a pure function of their number. */
  public static List<TrainingExample> of(int count) {
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
      examples.add(
          new TrainingExample(i, 7L * i, 1, FeatureCoding.FLOATS.encode(features), labels));
    }
    return examples;
  }

  /** The same, each with a weight of its own. */
  public static List<TrainingExample> weighted(int count) {
    return of(count).stream()
        .map(
            each ->
                new TrainingExample(
                    each.rank(),
                    each.id(),
                    0.3f + each.id() % 11 / 7f,
                    each.features(),
                    each.labels()))
        .toList();
  }

  public static float[] features(TrainingExample example) {
    float[] features = new float[FEATURES];
    FeatureCoding.FLOATS.decode(example.features(), 0, features, 0, FEATURES);
    return features;
  }

  private static Coverage coverage(List<TrainingExample> examples) {
    return Coverage.of(examples.stream().mapToLong(TrainingExample::id).toArray());
  }

  /** Deals the examples after shuffling them and cutting them into partitions anyhow. */
  public static WorkerShares deal(
      JavaSparkContext context,
      List<TrainingExample> examples,
      int partitions,
      int workers,
      long seed) {
    List<TrainingExample> shuffled = new ArrayList<>(examples);
    Collections.shuffle(shuffled, new Random(partitions));
    return WorkerShares.deal(
        context.parallelize(shuffled, partitions), coverage(examples), SHAPE, workers, seed);
  }

  /** A small dense network for the examples, with Adam. */
  public static MultiLayerConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .weightInit(WeightInit.XAVIER_UNIFORM)
        .updater(new Adam(1e-2))
        .list()
        .layer(new DenseLayer.Builder().nOut(8).activation(Activation.RELU).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.feedForward(FEATURES))
        .build();
  }

  /** The state that network starts from. */
  public static TrainingState initialState() {
    return TrainingState.initial(configuration());
  }

  /** An engine that trains that network with the fast step. */
  public static CentroidAveraging engine(
      JavaSparkContext context, WorkerShares shares, RoundPlan plan, int fanIn) {
    return new CentroidAveraging(
        context,
        shares,
        configuration().toJson(),
        StepRecipe.plain(LocalStep.FAST),
        plan,
        new AveragingSettings(
            plan.averagingFrequency(), EngineKind.CENTROID, 0, OuterSettings.PLAIN, 0, fanIn));
  }
}

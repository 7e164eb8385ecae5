package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.centroid.cifar.Cifar10;
import io.centroid.compute.DenseStack.Penalty;
import io.centroid.config.LocalStepKind;
import io.centroid.config.ScheduleKind;
import io.centroid.config.Settings;
import io.centroid.error.JobException;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.example.Minibatch;
import io.centroid.model.DenseNetwork;
import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

final class DenseTrainerTest {
  private static final int FEATURES = 40;
  private static final int CLASSES = 10;
  private static final int STEPS = 100;
  private static final ExampleShape SHAPE =
      new ExampleShape(new long[] {FEATURES}, new long[] {CLASSES});

  static Stream<Arguments> activationsAndRules() {
    List<IActivation> activations =
        List.of(
            new ActivationReLU(),
            new ActivationLReLU(0.2),
            new ActivationSigmoid(),
            new ActivationTanH(),
            new ActivationIdentity());
    List<IUpdater> rules = List.of(new Adam(1e-3), new Sgd(0.05), new Nesterovs(0.02, 0.9));
    return activations.stream()
        .flatMap(activation -> rules.stream().map(rule -> Arguments.of(activation, rule)));
  }

  /**
   * Both compute in floats and sum in different orders. Each step's rounding is about 1e-7 of a
   * parameter's size, and training neither damps nor amplifies it much: after 100 steps the
   * distance between the parameter vectors stays below 1e-5 of their length.
   */
  @ParameterizedTest
  @MethodSource("activationsAndRules")
  void equalsDeeplearning4jsFitToRounding(IActivation activation, IUpdater rule) {
    assertEqualsFit(configuration(activation, rule), new long[] {FEATURES}, false);
  }

  /**
   * The same features as images of 5×4 pixels and 2 channels, channels last. Of the 384,000 values
   * that go through an activation one may lie so close to its kink that the two sums fall on
   * different sides: its derivative is another one then, and for some steps the moments differ by
   * that one pixel's share.
   */
  @ParameterizedTest
  @MethodSource("activationsAndRules")
  void equalsDeeplearning4jsFitWithALayerOnTheChannels(IActivation activation, IUpdater rule) {
    MultiLayerConfiguration configuration =
        builder(rule)
            .l2(1e-3)
            .list()
            .layer(
                new ConvolutionLayer.Builder(1, 1)
                    .dataFormat(CNN2DFormat.NHWC)
                    .nOut(6)
                    .activation(activation)
                    .build())
            .layer(new DenseLayer.Builder().nOut(20).activation(activation).build())
            .layer(output())
            .setInputType(InputType.convolutional(5, 4, 2, CNN2DFormat.NHWC))
            .build();
    assertEqualsFit(configuration, new long[] {5, 4, 2}, false, 1e-2);
  }

  static Stream<Arguments> penaltiesAndRules() {
    return Stream.of(new Adam(1e-3), new Sgd(0.05), new Nesterovs(0.02, 0.9))
        .flatMap(rule -> Stream.of(Arguments.of(1e-2, 0.0, rule), Arguments.of(0.0, 1e-1, rule)));
  }

  @ParameterizedTest
  @MethodSource("penaltiesAndRules")
  void equalsDeeplearning4jsFitWithL2AndWithWeightDecay(
      double l2, double weightDecay, IUpdater rule) {
    NeuralNetConfiguration.Builder builder = builder(rule);
    if (l2 > 0) {
      builder.l2(l2).l2Bias(l2 / 2);
    } else {
      builder.weightDecay(weightDecay).weightDecayBias(weightDecay / 2, true);
    }
    assertEqualsFit(
        configuration(builder, new ActivationReLU()), new long[] {FEATURES}, weightDecay > 0);
  }

  /**
   * Enough units that the weights of two layers are several parts; without a kink, which that many
   * units would come close to more often.
   */
  @ParameterizedTest
  @MethodSource("rules")
  void equalsDeeplearning4jsFitWithWeightsInSeveralParts(IUpdater rule) {
    MultiLayerConfiguration configuration = wide(rule);
    DenseStack stack = DenseStack.of(configuration).orElseThrow();
    try (DenseParameters parameters = new DenseParameters(stack)) {
      assertThat(parameters.weights(0)).hasSize(1);
      assertThat(parameters.weights(1)).hasSizeGreaterThan(2);
      assertThat(parameters.weights(2)).hasSize(2);
    }
    assertEqualsFit(configuration, new long[] {FEATURES}, false);
  }

  /** A norm that is never reached: the gradient is whole before the update, and nothing else. */
  @Test
  void aStepThatLooksAtTheNormIsTheSameToTheBit() {
    StepOptions looking = new StepOptions(LearningRateSchedule.CONSTANT, 1e6);
    for (MultiLayerConfiguration configuration :
        List.of(wide(new Adam(1e-3)), configuration(new ActivationTanH(), new Sgd(0.05)))) {
      TrainingState plain = trained(LocalStep.FAST, configuration, StepOptions.PLAIN);
      TrainingState looked = trained(LocalStep.FAST, configuration, looking);
      assertThat(looked.parameters()).isEqualTo(plain.parameters());
      assertThat(looked.updaterState()).isDeepEqualTo(plain.updaterState());
    }
  }

  private static MultiLayerConfiguration wide(IUpdater rule) {
    return builder(rule)
        .l2(1e-3)
        .list()
        .layer(new DenseLayer.Builder().nOut(700).activation(new ActivationTanH()).build())
        .layer(new DenseLayer.Builder().nOut(320).activation(new ActivationTanH()).build())
        .layer(new DenseLayer.Builder().nOut(260).activation(new ActivationTanH()).build())
        .layer(output())
        .setInputType(InputType.feedForward(FEATURES))
        .build();
  }

  private static void assertEqualsFit(
      MultiLayerConfiguration configuration, long[] featureShape, boolean weightDecay) {
    assertEqualsFit(configuration, featureShape, weightDecay, 1e-4);
  }

  private static void assertEqualsFit(
      MultiLayerConfiguration configuration,
      long[] featureShape,
      boolean weightDecay,
      double momentTolerance) {
    MultiLayerNetwork network = Networks.initialized(configuration);
    assertThat(LocalStep.of(LocalStepKind.AUTO, configuration, StepOptions.PLAIN))
        .isEqualTo(LocalStep.FAST);
    try (LocalTrainer fast =
        LocalStep.FAST.trainer(configuration.toJson(), SHAPE, StepOptions.PLAIN)) {
      fast.start(TrainingState.of(network));
      SplittableRandom random = new SplittableRandom(5);
      for (int step = 0; step < STEPS; step++) {
        // Every seventh minibatch is smaller, as the last one of an epoch is.
        int examples = step % 7 == 6 ? 5 : 32;
        float[] features = features(random, examples);
        float[] labels = labels(features, examples);
        double decay = weightDecay ? network.calcRegularizationScore(true) : 0;
        network.fit(
            Nd4j.create(features, ExampleShape.minibatch(examples, featureShape), 'c'),
            Nd4j.create(labels, new long[] {examples, CLASSES}, 'c'));
        double loss = fast.step(minibatch(features, labels, examples), step);
        // Deeplearning4j counts decoupled weight decay as a part of the loss.
        double expectedLoss = network.score() - decay;
        assertThat(loss).isCloseTo(expectedLoss, within(1e-4 * Math.max(1, network.score())));
      }
      TrainingState expected = TrainingState.of(network);
      TrainingState found = fast.finish();
      assertThat(distance(found.parameters(), expected.parameters())).isLessThan(1e-5);
      assertThat(distance(flat(found.updaterState()), flat(expected.updaterState())))
          .isLessThan(momentTolerance);
      assertThat(found.iteration()).isEqualTo(expected.iteration()).isEqualTo(STEPS);
    }
    network.close();
  }

  static Stream<IUpdater> rules() {
    return Stream.of(new Adam(1e-3), new Sgd(0.05), new Nesterovs(0.02, 0.9));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void bothStepsFollowTheSchedule(IUpdater rule) {
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), rule);
    LearningRateSchedule schedule =
        new LearningRateSchedule(ScheduleKind.COSINE, STEPS, STEPS / 4, 1, 1);
    TrainingState constant = trained(LocalStep.FAST, configuration, StepOptions.PLAIN);
    TrainingState fast = trained(LocalStep.FAST, configuration, new StepOptions(schedule, 0));
    TrainingState general = trained(LocalStep.GENERAL, configuration, new StepOptions(schedule, 0));
    assertThat(distance(fast.parameters(), general.parameters())).isLessThan(1e-5);
    assertThat(distance(flat(fast.updaterState()), flat(general.updaterState()))).isLessThan(1e-4);
    assertThat(distance(fast.parameters(), constant.parameters())).isGreaterThan(1e-3);
  }

  /** Twice in a minibatch is the same as with weight 2, and equal weights are as none. */
  @Test
  void anExampleOfWeight2IsTwo() {
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), new Sgd(1));
    float[] features = features(new SplittableRandom(5), 3);
    float[] labels = labels(features, 3);
    float[] once = step(configuration, features, labels, new int[] {0, 1, 2}, 1, 1, 2);
    float[] twice = step(configuration, features, labels, new int[] {0, 1, 2, 2}, 1, 1, 1, 1);
    assertThat(distance(once, twice)).isLessThan(1e-6);
    assertThat(step(configuration, features, labels, new int[] {0, 1, 2}, 7, 7, 7))
        .isEqualTo(step(configuration, features, labels, new int[] {0, 1, 2}, 1, 1, 1))
        .isNotEqualTo(once);
  }

  private static float[] step(
      MultiLayerConfiguration configuration,
      float[] features,
      float[] labels,
      int[] examples,
      float... weights) {
    Minibatch minibatch = new Minibatch(examples.length, SHAPE);
    byte[] coded = FeatureCoding.FLOATS.encode(features);
    for (int i = 0; i < examples.length; i++) {
      minibatch.add(
          i,
          weights[i],
          coded,
          examples[i] * FEATURES * Float.BYTES,
          labels,
          examples[i] * CLASSES);
    }
    try (LocalTrainer trainer =
        LocalStep.FAST.trainer(configuration.toJson(), SHAPE, StepOptions.PLAIN)) {
      trainer.start(TrainingState.initial(configuration));
      trainer.step(minibatch, 0);
      return trainer.finish().parameters();
    }
  }

  /** Under gradient descent with rate 1 a step is the gradient itself. */
  @Test
  void clipsTheGradientOverAllParameters() {
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), new Sgd(1));
    double free = lengthOfOneStep(configuration, 0, 1);
    assertThat(lengthOfOneStep(configuration, free / 3, 1))
        .isCloseTo(free / 3, within(1e-5 * free));
    assertThat(lengthOfOneStep(configuration, free * 3, 1)).isEqualTo(free);
  }

  @Test
  void clipsAGradientWhoseSquareIsNoFloat() {
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), new Sgd(1));
    assertThat(lengthOfOneStep(configuration, 1, 1e25f)).isCloseTo(1, within(1e-4));
  }

  private static double lengthOfOneStep(
      MultiLayerConfiguration configuration, double clipNorm, float scale) {
    StepOptions options = new StepOptions(LearningRateSchedule.CONSTANT, clipNorm);
    try (LocalTrainer trainer = LocalStep.FAST.trainer(configuration.toJson(), SHAPE, options)) {
      TrainingState start = TrainingState.initial(configuration);
      trainer.start(start);
      float[] features = features(new SplittableRandom(5), 32);
      float[] labels = labels(features, 32);
      for (int i = 0; i < features.length; i++) {
        features[i] *= scale;
      }
      trainer.step(minibatch(features, labels, 32), 0);
      float[] end = trainer.finish().parameters();
      double squares = 0;
      for (int i = 0; i < end.length; i++) {
        squares += Math.pow((double) end[i] - start.parameters()[i], 2);
      }
      return Math.sqrt(squares);
    }
  }

  private static TrainingState trained(
      LocalStep step, MultiLayerConfiguration configuration, StepOptions options) {
    try (LocalTrainer trainer = step.trainer(configuration.toJson(), SHAPE, options)) {
      trainer.start(TrainingState.initial(configuration));
      SplittableRandom random = new SplittableRandom(5);
      for (int i = 0; i < STEPS; i++) {
        float[] features = features(random, 32);
        trainer.step(minibatch(features, labels(features, 32), 32), i);
      }
      return trainer.finish();
    }
  }

  @Test
  void givesTheSameBitsEveryTime() {
    assertThat(trainedHash()).isEqualTo(trainedHash());
  }

  @Test
  void momentsOfDeadUnitsNeverBecomeDenormal() {
    float smallestStep = 1e-6f;
    UpdateRule adam = UpdateRule.of(new Adam(1e-3));
    float[] parameters = {1f};
    float[][] state = new float[2][1];
    move(adam, parameters, 1e-3f, state, 0);
    for (int iteration = 1; iteration < 200_000; iteration++) {
      move(adam, parameters, 0, state, iteration);
      assertThat(isZeroOrNormal(state[0][0] * smallestStep)).isTrue();
      assertThat(isZeroOrNormal(state[1][0])).isTrue();
    }
    float rested = parameters[0];
    move(adam, parameters, 0, state, 200_000);
    assertThat(parameters[0]).isEqualTo(rested);
  }

  private static void move(
      UpdateRule rule, float[] parameters, float gradient, float[][] state, int iteration) {
    rule.step(iteration, 1, 1).move(parameters, new float[] {gradient}, state, 1, Penalty.NONE);
  }

  /** Every product with a denormal float is many times slower than with any other. */
  @Test
  void trainingToTheEndLeavesNoDenormalsBehind() {
    DenseStack stack =
        DenseStack.of(configuration(new ActivationReLU(), new Adam(5e-2))).orElseThrow();
    MultiLayerNetwork network =
        Networks.initialized(configuration(new ActivationReLU(), new Adam(5e-2)));
    float[] start = TrainingState.of(network).parameters();
    network.close();
    start[stack.layers().get(0).biases()] = -1e6f; // a unit that is dead from the start
    SplittableRandom random = new SplittableRandom(5);
    float[] features = features(random, 32);
    Minibatch minibatch = minibatch(features, labels(features, 32), 32);
    try (DenseTrainer trainer = new DenseTrainer(stack, StepOptions.PLAIN);
        DenseGradient gradient = new DenseGradient(stack, false)) {
      trainer.start(new TrainingState(start, new float[2][start.length], 0));
      double loss = 1;
      for (int step = 0; step < 5_000; step++) {
        loss = trainer.step(minibatch, step);
      }
      assertThat(loss).isLessThan(1e-5); // sure of all of them
      TrainingState state = trainer.finish();
      gradient.parameters().put(state.parameters());
      float[] values = new float[start.length];
      gradient.compute(minibatch, 0, DenseGradientTest.copyTo(values, gradient));
      assertNoDenormals(values);
      assertNoDenormals(state.parameters());
      assertNoDenormals(state.updaterState()[0]);
      assertNoDenormals(state.updaterState()[1]);
    }
  }

  @Test
  void allocatesNextToNothingInAStep() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), new Adam(1e-3));
    MultiLayerNetwork network = Networks.initialized(configuration);
    SplittableRandom random = new SplittableRandom(5);
    float[] features = features(random, 32);
    Minibatch minibatch = minibatch(features, labels(features, 32), 32);
    try (DenseTrainer trainer =
        new DenseTrainer(DenseStack.of(configuration).orElseThrow(), StepOptions.PLAIN)) {
      trainer.start(TrainingState.of(network));
      trainer.step(minibatch, 0); // makes the buffers
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int step = 0; step < 100; step++) {
        trainer.step(minibatch, step);
      }
      long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
      assertThat(perStep).isLessThan(1_000);
    }
    network.close();
  }

  private static void assertNoDenormals(float[] values) {
    for (float value : values) {
      assertThat(isZeroOrNormal(value)).as("%s", value).isTrue();
    }
  }

  private static boolean isZeroOrNormal(float value) {
    return value == 0 || Math.abs(value) >= Float.MIN_NORMAL;
  }

  @Test
  void theDefaultNetworkIsOneItCanTrain() {
    Settings settings = Settings.defaults();
    MultiLayerConfiguration network =
        DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET);
    assertThat(LocalStep.of(LocalStepKind.AUTO, network, StepOptions.PLAIN))
        .isEqualTo(LocalStep.FAST);
    assertThat(LocalStep.of(LocalStepKind.GENERAL, network, StepOptions.PLAIN))
        .isEqualTo(LocalStep.GENERAL);
    assertThat(DenseStack.of(network).orElseThrow().parameters()).isEqualTo(646_260);
  }

  @Test
  void leavesOtherNetworksToTheGeneralStep() {
    assertGeneral(configuration(new ActivationSoftPlus(), new Adam(1e-3)));
    assertGeneral(configuration(new ActivationReLU(), new RmsProp(1e-3)));
    assertGeneral(layers(new DenseLayer.Builder().nOut(8).l1(1e-3).build(), new ActivationReLU()));
    // Dropout of the network's own input; behind the first layer the fast step has dropout too.
    assertGeneral(
        layers(new DenseLayer.Builder().nOut(8).dropOut(0.5).build(), new ActivationReLU()));
    assertGeneral(
        layers(new DenseLayer.Builder().nOut(8).hasLayerNorm(true).build(), new ActivationReLU()));
    assertGeneral(
        layers(new DenseLayer.Builder().nOut(8).hasBias(false).build(), new ActivationReLU()));
    assertThatThrownBy(
            () ->
                LocalStep.of(
                    LocalStepKind.FAST,
                    configuration(new ActivationSoftPlus(), new Adam(1e-3)),
                    StepOptions.PLAIN))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("Use auto or general.");
    assertThatThrownBy(
            () ->
                LocalStep.of(
                    LocalStepKind.AUTO,
                    configuration(new ActivationSoftPlus(), new Adam(1e-3)),
                    new StepOptions(LearningRateSchedule.CONSTANT, 1)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("Cannot train with training.clip-norm = 1.0: found the general");
  }

  private static void assertGeneral(MultiLayerConfiguration configuration) {
    assertThat(LocalStep.of(LocalStepKind.AUTO, configuration, StepOptions.PLAIN))
        .isEqualTo(LocalStep.GENERAL);
  }

  private static String trainedHash() {
    MultiLayerConfiguration configuration = configuration(new ActivationReLU(), new Adam(1e-3));
    MultiLayerNetwork network = Networks.initialized(configuration);
    try (DenseTrainer trainer =
        new DenseTrainer(DenseStack.of(configuration).orElseThrow(), StepOptions.PLAIN)) {
      trainer.start(TrainingState.of(network));
      SplittableRandom random = new SplittableRandom(5);
      for (int step = 0; step < 50; step++) {
        float[] features = features(random, 32);
        trainer.step(minibatch(features, labels(features, 32), 32), step);
      }
      return FlatParameters.sha256(trainer.finish().parameters());
    } finally {
      network.close();
    }
  }

  private static Minibatch minibatch(float[] features, float[] labels, int examples) {
    byte[] coded = FeatureCoding.FLOATS.encode(features);
    Minibatch minibatch = new Minibatch(examples, SHAPE);
    for (int i = 0; i < examples; i++) {
      minibatch.add(i, coded, i * FEATURES * Float.BYTES, labels, i * CLASSES);
    }
    return minibatch;
  }

  private static float[] flat(float[][] slots) {
    float[] flat = new float[Arrays.stream(slots).mapToInt(slot -> slot.length).sum()];
    int length = 0;
    for (float[] slot : slots) {
      System.arraycopy(slot, 0, flat, length, slot.length);
      length += slot.length;
    }
    return flat;
  }

  private static double distance(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double length = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return length == 0 ? Math.sqrt(difference) : Math.sqrt(difference / length);
  }

  private static float[] features(SplittableRandom random, int examples) {
    float[] features = new float[examples * FEATURES];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble();
    }
    return features;
  }

  /** The class is the largest of an example's first ten features. */
  private static float[] labels(float[] features, int examples) {
    float[] labels = new float[examples * CLASSES];
    for (int example = 0; example < examples; example++) {
      int largest = 0;
      for (int c = 1; c < CLASSES; c++) {
        if (features[example * FEATURES + c] > features[example * FEATURES + largest]) {
          largest = c;
        }
      }
      labels[example * CLASSES + largest] = 1;
    }
    return labels;
  }

  private static MultiLayerConfiguration configuration(IActivation activation, IUpdater rule) {
    return configuration(builder(rule), activation);
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater rule) {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .weightInit(WeightInit.XAVIER_UNIFORM)
        .updater(rule);
  }

  private static MultiLayerConfiguration configuration(
      NeuralNetConfiguration.Builder builder, IActivation activation) {
    return builder
        .list()
        .layer(new DenseLayer.Builder().nOut(30).activation(activation).build())
        .layer(new DenseLayer.Builder().nOut(20).activation(activation).build())
        .layer(output())
        .setInputType(InputType.feedForward(FEATURES))
        .build();
  }

  private static MultiLayerConfiguration layers(DenseLayer first, IActivation activation) {
    first.setActivationFn(activation);
    return new NeuralNetConfiguration.Builder()
        .updater(new Adam(1e-3))
        .list()
        .layer(first)
        .layer(output())
        .setInputType(InputType.feedForward(FEATURES))
        .build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(new LossMCXENT())
        .nOut(CLASSES)
        .activation(new ActivationSoftmax())
        .build();
  }
}

package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.compute.DenseParameters.Part;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.example.Minibatch;
import io.centroid.model.Networks;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Against a forward pass of its own in double precision, differentiated numerically. */
final class DenseGradientTest {
  private static final int FEATURES = 7;
  private static final int CLASSES = 4;
  private static final int EXAMPLES = 6;

  /** Of the first layer: with fewer units than examples, and with more, they lie otherwise. */
  private static final List<Integer> WIDTHS = List.of(5, 8);

  private static final double STEP = 1e-6;
  private static final ExampleShape SHAPE =
      new ExampleShape(new long[] {FEATURES}, new long[] {CLASSES});

  static Stream<Arguments> activations() {
    return Stream.of(
        Arguments.of(new ActivationReLU(), (DoubleUnaryOperator) z -> Math.max(0, z)),
        Arguments.of(new ActivationLReLU(0.2), (DoubleUnaryOperator) z -> z >= 0 ? z : 0.2 * z),
        Arguments.of(new ActivationSigmoid(), (DoubleUnaryOperator) z -> 1 / (1 + Math.exp(-z))),
        Arguments.of(new ActivationTanH(), (DoubleUnaryOperator) Math::tanh),
        Arguments.of(new ActivationIdentity(), DoubleUnaryOperator.identity()));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void equalsFiniteDifferences(IActivation activation, DoubleUnaryOperator formula) {
    for (int width : WIDTHS) {
      DenseStack stack = stack(activation, width, 1);
      assertGradient(stack, formula, ones(stack));
      assertGradient(stack, formula, ones(stack), new float[] {1, 3, 0.5f, 1, 2, 0.01f});
    }
  }

  /** A Dense on the last axis of images of 3×2 pixels and 2 channels, which are then flattened. */
  @ParameterizedTest
  @MethodSource("activations")
  void equalsFiniteDifferencesWithALayerOnTheChannels(
      IActivation activation, DoubleUnaryOperator formula) {
    DenseStack stack = channelStack(activation, 1);
    assertGradient(stack, formula, ones(stack));
    DenseStack dropping = channelStack(activation, 0.6);
    assertGradient(dropping, formula, masks(dropping));
  }

  /** With dropout the loss is that of the network whose dropped values are 0. */
  @ParameterizedTest
  @MethodSource("activations")
  void equalsFiniteDifferencesWithDropout(IActivation activation, DoubleUnaryOperator formula) {
    for (int width : WIDTHS) {
      DenseStack stack = stack(activation, width, 0.6);
      assertGradient(stack, formula, masks(stack));
    }
  }

  private static double[][] masks(DenseStack stack) {
    DenseDropout dropout = new DenseDropout(stack.layers());
    dropout.begin(11);
    double[][] masks = ones(stack);
    for (int layer = 0; layer < masks.length; layer++) {
      float[] kept = new float[masks[layer].length];
      Arrays.fill(kept, 1);
      float[] masked = dropout.masked(layer, kept, kept.length);
      for (int i = 0; i < kept.length; i++) {
        masks[layer][i] = masked[i];
      }
      assertThat(masks[layer]).contains(0.0);
    }
    return masks;
  }

  @Test
  void dropoutKeepsTheWantedShareAndTheMean() {
    DenseStack stack = stack(new ActivationReLU(), 5, 0.6);
    DenseDropout dropout = new DenseDropout(stack.layers());
    float[] values = new float[100_000];
    Arrays.fill(values, 2);
    dropout.begin(3);
    float[] masked = dropout.masked(0, values, values.length).clone();
    double sum = 0;
    int kept = 0;
    for (float value : masked) {
      sum += value;
      kept += value == 0 ? 0 : 1;
    }
    assertThat(kept / 1e5).isCloseTo(0.6, within(0.01));
    assertThat(sum / 1e5).isCloseTo(2, within(0.03));
    assertThat(values).containsOnly(2f);

    assertThat(dropout.masked(0, values, values.length)).isEqualTo(masked);
    dropout.begin(4);
    assertThat(dropout.masked(0, values, values.length)).isNotEqualTo(masked);
    assertThat(DenseDropout.NONE.masked(0, values, values.length)).isSameAs(values);
  }

  /** e^-95 is a denormal float, and so would be all products with it, which are very slow. */
  @Test
  void errorsOfSurePredictionsAreNoDenormals() {
    DenseStack stack = stack(new ActivationIdentity(), 5, 1);
    float[] parameters = parameters(stack);
    DenseStack.Layer last = stack.layers().get(2);
    Arrays.fill(parameters, last.weights(), last.biases() + last.out(), 0);
    parameters[last.biases()] = 95;
    float[] features = new float[FEATURES];
    Arrays.fill(features, 1);
    Minibatch minibatch = new Minibatch(1, SHAPE);
    minibatch.add(0, FeatureCoding.FLOATS.encode(features), 0, new float[] {1, 0, 0, 0}, 0);
    try (DenseGradient gradient = new DenseGradient(stack, false)) {
      gradient.parameters().put(parameters);
      float[] found = new float[parameters.length];
      Arrays.fill(found, 1);
      assertThat(gradient.compute(minibatch, 0, copyTo(found, gradient))).isZero();
      assertThat(found).containsOnly(0f);
    }
  }

  private static void assertGradient(
      DenseStack stack, DoubleUnaryOperator activation, double[][] masks) {
    assertGradient(stack, activation, masks, new float[] {1, 1, 1, 1, 1, 1});
  }

  private static void assertGradient(
      DenseStack stack, DoubleUnaryOperator activation, double[][] masks, float[] weights) {
    float[] parameters = parameters(stack);
    SplittableRandom random = new SplittableRandom(8);
    int featureCount = stack.layers().get(0).inputs();
    float[] features = new float[EXAMPLES * featureCount];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-1, 1);
    }
    float[] labels = new float[EXAMPLES * CLASSES];
    for (int example = 0; example < EXAMPLES; example++) {
      Arrays.fill(labels, example * CLASSES, (example + 1) * CLASSES, 0.05f);
      labels[example * CLASSES + random.nextInt(CLASSES)] = 0.85f; // smoothed
    }
    byte[] coded = FeatureCoding.FLOATS.encode(features);
    Minibatch minibatch =
        new Minibatch(EXAMPLES, new ExampleShape(new long[] {featureCount}, new long[] {CLASSES}));
    for (int i = 0; i < EXAMPLES; i++) {
      minibatch.add(i, weights[i], coded, i * featureCount * Float.BYTES, labels, i * CLASSES);
    }
    try (DenseGradient gradient = new DenseGradient(stack, false)) {
      gradient.parameters().put(parameters);
      float[] found = new float[parameters.length];
      double loss = gradient.compute(minibatch, 11, copyTo(found, gradient));
      double[] exact = new double[parameters.length];
      for (int i = 0; i < exact.length; i++) {
        exact[i] = parameters[i];
      }
      assertThat(loss)
          .isCloseTo(
              loss(stack, exact, features, labels, weights, activation, masks), within(1e-6));
      for (int i = 0; i < exact.length; i++) {
        exact[i] = parameters[i] + STEP;
        double above = loss(stack, exact, features, labels, weights, activation, masks);
        exact[i] = parameters[i] - STEP;
        double below = loss(stack, exact, features, labels, weights, activation, masks);
        exact[i] = parameters[i];
        assertThat((double) found[i])
            .as("parameter %d", i)
            .isCloseTo((above - below) / (2 * STEP), within(2e-6));
      }
    }
  }

  /** Copies each part of a gradient, when it is there, to its place among all of it. */
  static Consumer<Part> copyTo(float[] all, DenseGradient gradient) {
    return part -> {
      float[] values = new float[part.count()];
      gradient.pointer(part).get(values);
      part.scatter(values, all);
    };
  }

  /** The weighted mean cross-entropy, written as the textbook has it. */
  private static double loss(
      DenseStack stack,
      double[] parameters,
      float[] features,
      float[] labels,
      float[] weights,
      DoubleUnaryOperator activation,
      double[][] masks) {
    double sum = 0;
    double weight = 0;
    for (int example = 0; example < EXAMPLES; example++) {
      double[] values = new double[features.length / EXAMPLES];
      for (int f = 0; f < values.length; f++) {
        values[f] = features[example * values.length + f];
      }
      for (int l = 0; l < stack.layers().size(); l++) {
        DenseStack.Layer layer = stack.layers().get(l);
        double[] units = new double[layer.outputs()];
        for (int at = 0; at < units.length; at++) {
          int position = at / layer.out();
          int unit = at % layer.out();
          double z = parameters[layer.biases() + unit];
          for (int in = 0; in < layer.in(); in++) {
            z +=
                parameters[layer.weights() + unit * layer.in() + in]
                    * values[position * layer.in() + in];
          }
          boolean last = l == stack.layers().size() - 1;
          boolean byExample = stack.makesExamples(l, EXAMPLES);
          int place = byExample ? example * units.length + at : unit * EXAMPLES + example;
          units[at] = last ? z : activation.applyAsDouble(z) * masks[l][place];
        }
        values = units;
      }
      double normalizer = 0;
      for (double z : values) {
        normalizer += Math.exp(z);
      }
      for (int c = 0; c < CLASSES; c++) {
        sum -=
            weights[example]
                * labels[example * CLASSES + c]
                * Math.log(Math.exp(values[c]) / normalizer);
      }
      weight += weights[example];
    }
    return sum / weight;
  }

  private static double[][] ones(DenseStack stack) {
    double[][] ones = new double[stack.layers().size() - 1][];
    for (int layer = 0; layer < ones.length; layer++) {
      ones[layer] = new double[stack.layers().get(layer).outputs() * EXAMPLES];
      Arrays.fill(ones[layer], 1);
    }
    return ones;
  }

  private static float[] parameters(DenseStack stack) {
    SplittableRandom random = new SplittableRandom(2);
    float[] parameters = new float[stack.parameters()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) random.nextDouble(-0.7, 0.7);
    }
    return parameters;
  }

  private static DenseStack stack(IActivation activation, int width, double retain) {
    return stack(
        new DenseLayer.Builder().nOut(width).activation(activation).build(),
        activation,
        retain,
        InputType.feedForward(FEATURES));
  }

  private static DenseStack channelStack(IActivation activation, double retain) {
    return stack(
        new ConvolutionLayer.Builder(1, 1)
            .dataFormat(CNN2DFormat.NHWC)
            .nOut(5)
            .activation(activation)
            .build(),
        activation,
        retain,
        InputType.convolutional(3, 2, 2, CNN2DFormat.NHWC));
  }

  private static DenseStack stack(
      FeedForwardLayer first, IActivation activation, double retain, InputType input) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .updater(new Sgd(0.1))
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .list()
            .layer(first)
            .layer(new DenseLayer.Builder().nOut(3).activation(activation).dropOut(retain).build())
            .layer(
                new OutputLayer.Builder(new LossMCXENT())
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .dropOut(retain)
                    .build())
            .setInputType(input)
            .build();
    return DenseStack.of(configuration).orElseThrow();
  }

  /** Predictions by the fast kernels equal Deeplearning4j's to rounding, in any batch size. */
  @ParameterizedTest
  @MethodSource("activations")
  void predictsAsDeeplearning4jDoes(IActivation activation, DoubleUnaryOperator formula) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(4)
            .updater(new Sgd(0.1))
            .weightInit(WeightInit.XAVIER)
            .list()
            .layer(new DenseLayer.Builder().nOut(20).activation(activation).build())
            .layer(
                new OutputLayer.Builder(new LossMCXENT())
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(InputType.feedForward(FEATURES))
            .build();
    MultiLayerNetwork network = Networks.initialized(configuration);
    float[] parameters = TrainingState.of(network).parameters();
    network.close();
    try (Predictor fast = Predictor.of(configuration.toJson(), parameters);
        Predictor general = new NetworkPredictor(configuration.toJson(), parameters)) {
      assertThat(fast).isInstanceOf(DensePredictor.class);
      for (int examples : List.of(3, 50, 1)) {
        SplittableRandom random = new SplittableRandom(examples);
        float[] features = new float[examples * FEATURES];
        for (int i = 0; i < features.length; i++) {
          features[i] = (float) random.nextDouble(-3, 3);
        }
        float[] expected = general.probabilities(features, examples);
        assertThat(fast.probabilities(features, examples)).containsExactly(expected, within(1e-6f));
      }
    }
  }
}

package io.centroid.compute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * A network that the fast local step can train: dense layers, then a dense layer with softmax and
 * cross-entropy, all with one update rule. The first layer may act on the last axis of an image: a
 * 1×1 convolution to Deeplearning4j, a Dense before Flatten to Keras.
 *
 * <p>Parameters lie in Deeplearning4j's order: layer after layer, of each the weights {@code [in,
 * out]} column by column (so that one unit's weights are next to each other), then the biases; of a
 * convolution the biases first.
 *
 * @param layers first to last; the last one is the softmax layer, its activation is identity
 * @param rule the update rule
 */
record DenseStack(List<Layer> layers, IUpdater rule) {

  /**
   * One dense layer.
   *
   * @param positions places of an image that it acts on, each by itself with the same weights; 1
   *     for a layer that reads all values at once
   * @param in values it reads at each position
   * @param out units at each position
   * @param activation applied to its units
   * @param weights where its weights start among the parameters
   * @param biases where its biases start among the parameters
   * @param retain probability that dropout keeps a value it reads; 1 without dropout
   * @param weightPenalty what pulls its weights towards 0
   * @param biasPenalty what pulls its biases towards 0
   */
  record Layer(
      int positions,
      int in,
      int out,
      DenseActivation activation,
      int weights,
      int biases,
      float retain,
      Penalty weightPenalty,
      Penalty biasPenalty) {

    /** Values of one example that it reads. */
    int inputs() {
      return positions * in;
    }

    /** Values of one example that it makes. */
    int outputs() {
      return positions * out;
    }

    /** How many weights it has. */
    int weightCount() {
      return in * out;
    }
  }

  /**
   * What pulls parameters towards 0.
   *
   * @param l2 λ of a term λ/2 ‖w‖² of the loss
   * @param decay λ of decoupled weight decay, a step −λ·rate·w beside the update rule's (Loshchilov
   *     and Hutter, "Decoupled weight decay regularization", ICLR 2019)
   */
  record Penalty(float l2, float decay) {
    static final Penalty NONE = new Penalty(0, 0);
  }

  /** All parameters. */
  int parameters() {
    return layers.stream().mapToInt(layer -> layer.weightCount() + layer.out()).sum();
  }

  /** The most values of one example that a layer makes. */
  int widest() {
    return layers.stream().mapToInt(Layer::outputs).max().orElseThrow();
  }

  /**
   * Whether a layer's units lie one example after the other, {@code [out, n]}; else one unit after
   * the other, {@code [n, out]}. Of the first layer's products OpenBLAS is faster at the one that
   * has more columns than rows; the last layer's units always lie one after the other.
   */
  boolean makesExamples(int layer, int examples) {
    Layer made = layers.get(layer);
    boolean first = layer == 0 && layers.size() > 1;
    return made.positions() > 1 || (first && examples > made.out());
  }

  /** Whether what a layer reads lies one example after the other, as the input does. */
  boolean readsExamples(int layer, int examples) {
    return layer == 0 || makesExamples(layer - 1, examples);
  }

  /** Where number {@code value} of the values that a layer reads starts among them all. */
  long offset(int layer, int value, int examples) {
    return readsExamples(layer, examples) ? value : (long) value * examples;
  }

  /** The stack that a configuration describes; nothing when it holds anything else. */
  static Optional<DenseStack> of(MultiLayerConfiguration configuration) {
    List<Layer> layers = new ArrayList<>();
    IUpdater rule = null;
    int offset = 0;
    int count = configuration.getConfs().size();
    for (int i = 0; i < count; i++) {
      NeuralNetConfiguration conf = configuration.getConf(i);
      boolean last = i == count - 1;
      boolean onChannels = i == 0 && !last && isDenseOnChannels(conf.getLayer());
      int positions = onChannels ? flattenedPositions(configuration.getInputPreProcess(1)) : 1;
      boolean flattens = i == 1 && layers.get(0).positions() > 1;
      if ((configuration.getInputPreProcess(i) != null && !flattens)
          || positions == 0
          || !conf.isMiniBatch()
          || !(conf.getLayer() instanceof BaseLayer layer)
          || !isPlain(layer)
          || !(last ? isSoftmaxOutput(layer) : onChannels || isDense(layer))) {
        return Optional.empty();
      }
      Optional<DenseActivation> activation =
          last ? Optional.of(DenseActivation.IDENTITY) : activation(layer.getActivationFn());
      if (activation.isEmpty() || (rule != null && !rule.equals(layer.getIUpdater()))) {
        return Optional.empty();
      }
      rule = layer.getIUpdater();
      Optional<Float> retain = retain(layer);
      Optional<Penalty> weights = penalty(layer.getRegularization());
      Optional<Penalty> bias = penalty(layer.getRegularizationBias());
      boolean inputDropout = i == 0 && retain.isPresent() && retain.get() < 1;
      if (retain.isEmpty() || inputDropout || weights.isEmpty() || bias.isEmpty()) {
        return Optional.empty();
      }
      int in = Math.toIntExact(((FeedForwardLayer) layer).getNIn());
      int out = Math.toIntExact(((FeedForwardLayer) layer).getNOut());
      int weightCount = Math.multiplyExact(in, out);
      layers.add(
          new Layer(
              positions,
              in,
              out,
              activation.get(),
              onChannels ? offset + out : offset,
              onChannels ? offset : Math.addExact(offset, weightCount),
              retain.get(),
              weights.get(),
              bias.get()));
      offset = Math.addExact(offset, weightCount + out);
    }
    boolean known = layers.size() > 0 && UpdateRule.knows(rule);
    return known ? Optional.of(new DenseStack(List.copyOf(layers), rule)) : Optional.empty();
  }

  /** Without anything unknown that changes the forward pass, the gradient or the update. */
  private static boolean isPlain(BaseLayer layer) {
    boolean ownBiasRule =
        layer.getBiasUpdater() != null && !layer.getBiasUpdater().equals(layer.getIUpdater());
    GradientNormalization normalization = layer.getGradientNormalization();
    return layer.getWeightNoise() == null
        && isEmpty(layer.getConstraints())
        && (normalization == null || normalization == GradientNormalization.None)
        && !ownBiasRule;
  }

  private static boolean isEmpty(List<?> list) {
    return list == null || list.isEmpty();
  }

  /** The probability that dropout keeps a value; nothing when it is no plain, constant dropout. */
  private static Optional<Float> retain(BaseLayer layer) {
    if (layer.getIDropout() == null) {
      return Optional.of(1f);
    }
    return layer.getIDropout() instanceof Dropout dropout && dropout.getPSchedule() == null
        ? Optional.of((float) dropout.getP())
        : Optional.empty();
  }

  /** L2 and weight decay together; nothing when there is anything else, or a schedule. */
  private static Optional<Penalty> penalty(List<Regularization> regularizations) {
    Penalty penalty = Penalty.NONE;
    for (Regularization regularization :
        isEmpty(regularizations) ? List.<Regularization>of() : regularizations) {
      if (regularization instanceof L2Regularization l2
          && l2.getL2() instanceof FixedSchedule lambda) {
        penalty = new Penalty(penalty.l2() + (float) lambda.valueAt(0, 0), penalty.decay());
      } else if (regularization instanceof WeightDecay decay
          && decay.isApplyLR()
          && decay.getCoeff() instanceof FixedSchedule lambda) {
        penalty = new Penalty(penalty.l2(), penalty.decay() + (float) lambda.valueAt(0, 0));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(penalty);
  }

  private static boolean isDense(BaseLayer layer) {
    return layer.getClass() == DenseLayer.class
        && ((DenseLayer) layer).hasBias()
        && !((DenseLayer) layer).hasLayerNorm();
  }

  /** A 1×1 convolution over images whose channels are the last axis. */
  private static boolean isDenseOnChannels(org.deeplearning4j.nn.conf.layers.Layer layer) {
    return layer.getClass() == ConvolutionLayer.class
        && layer instanceof ConvolutionLayer convolution
        && convolution.getCnn2dDataFormat() == CNN2DFormat.NHWC
        && convolution.hasBias()
        && isAll(1, convolution.getKernelSize())
        && isAll(1, convolution.getStride())
        && isAll(1, convolution.getDilation())
        && isAll(0, convolution.getPadding());
  }

  private static boolean isAll(int value, int[] values) {
    return Arrays.stream(values).allMatch(v -> v == value);
  }

  /** Pixels of the images that are flattened, channels last; 0 when it is another preprocessor. */
  private static int flattenedPositions(InputPreProcessor preProcessor) {
    return preProcessor instanceof CnnToFeedForwardPreProcessor flatten
            && flatten.getFormat() == CNN2DFormat.NHWC
        ? Math.toIntExact(flatten.getInputHeight() * flatten.getInputWidth())
        : 0;
  }

  private static boolean isSoftmaxOutput(BaseLayer layer) {
    return layer instanceof OutputLayer output
        && output.getActivationFn() instanceof ActivationSoftmax
        && output.hasBias()
        && output.getLossFn() instanceof LossMCXENT loss
        && loss.getClass() == LossMCXENT.class
        && loss.getWeights() == null;
  }

  private static Optional<DenseActivation> activation(IActivation function) {
    if (function instanceof ActivationReLU relu) {
      boolean plain =
          (relu.getMax() == null || relu.getMax() == 0)
              && (relu.getThreshold() == null || relu.getThreshold() == 0)
              && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0);
      return plain ? Optional.of(DenseActivation.RELU) : Optional.empty();
    }
    if (function instanceof ActivationLReLU leaky) {
      return Optional.of(DenseActivation.leakyRelu((float) leaky.getAlpha()));
    }
    if (function instanceof ActivationSigmoid) {
      return Optional.of(DenseActivation.SIGMOID);
    }
    if (function instanceof ActivationTanH) {
      return Optional.of(DenseActivation.TANH);
    }
    if (function instanceof ActivationIdentity) {
      return Optional.of(DenseActivation.IDENTITY);
    }
    return Optional.empty();
  }
}

package io.centroid.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * A network that the fast local step can train: dense layers, then a dense layer with softmax and
 * cross-entropy, all with one update rule.
 *
 * <p>Parameters lie in Deeplearning4j's order: layer after layer, of each the weights {@code [in,
 * out]} column by column (so that one unit's weights are next to each other), then the biases.
 *
 * @param layers first to last; the last one is the softmax layer, its activation is identity
 * @param rule the update rule
 */
record DenseStack(List<Layer> layers, IUpdater rule) {

  /**
   * One dense layer.
   *
   * @param in values it reads
   * @param out units
   * @param activation applied to its units
   * @param weights where its weights start among the parameters
   * @param biases where its biases start among the parameters
   */
  record Layer(int in, int out, DenseActivation activation, int weights, int biases) {}

  /** All parameters. */
  int parameters() {
    Layer last = layers.get(layers.size() - 1);
    return last.biases() + last.out();
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
      if (configuration.getInputPreProcess(i) != null
          || !conf.isMiniBatch()
          || !(conf.getLayer() instanceof BaseLayer layer)
          || !isPlain(layer)
          || !(last ? isSoftmaxOutput(layer) : isDense(layer))) {
        return Optional.empty();
      }
      Optional<DenseActivation> activation =
          last ? Optional.of(DenseActivation.IDENTITY) : activation(layer.getActivationFn());
      if (activation.isEmpty() || (rule != null && !rule.equals(layer.getIUpdater()))) {
        return Optional.empty();
      }
      rule = layer.getIUpdater();
      int in = Math.toIntExact(((FeedForwardLayer) layer).getNIn());
      int out = Math.toIntExact(((FeedForwardLayer) layer).getNOut());
      int biases = Math.addExact(offset, Math.multiplyExact(in, out));
      layers.add(new Layer(in, out, activation.get(), offset, biases));
      offset = biases + out;
    }
    boolean known = layers.size() > 0 && UpdateRule.knows(rule);
    return known ? Optional.of(new DenseStack(List.copyOf(layers), rule)) : Optional.empty();
  }

  /** Without anything that changes the forward pass, the gradient or the update. */
  private static boolean isPlain(BaseLayer layer) {
    boolean ownBiasRule =
        layer.getBiasUpdater() != null && !layer.getBiasUpdater().equals(layer.getIUpdater());
    GradientNormalization normalization = layer.getGradientNormalization();
    return layer.getIDropout() == null
        && layer.getWeightNoise() == null
        && isEmpty(layer.getConstraints())
        && isEmpty(layer.getRegularization())
        && isEmpty(layer.getRegularizationBias())
        && (normalization == null || normalization == GradientNormalization.None)
        && !ownBiasRule;
  }

  private static boolean isEmpty(List<?> list) {
    return list == null || list.isEmpty();
  }

  private static boolean isDense(BaseLayer layer) {
    return layer.getClass() == DenseLayer.class
        && ((DenseLayer) layer).hasBias()
        && !((DenseLayer) layer).hasLayerNorm();
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

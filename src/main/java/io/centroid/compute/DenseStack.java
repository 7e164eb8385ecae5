package io.centroid.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
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
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;

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
   * @param retain probability that dropout keeps a value it reads; 1 without dropout
   * @param weightPenalty what pulls its weights towards 0
   * @param biasPenalty what pulls its biases towards 0
   */
  record Layer(
      int in,
      int out,
      DenseActivation activation,
      int weights,
      int biases,
      float retain,
      Penalty weightPenalty,
      Penalty biasPenalty) {}

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
      Optional<Float> retain = retain(layer);
      Optional<Penalty> weights = penalty(layer.getRegularization());
      Optional<Penalty> bias = penalty(layer.getRegularizationBias());
      boolean inputDropout = i == 0 && retain.isPresent() && retain.get() < 1;
      if (retain.isEmpty() || inputDropout || weights.isEmpty() || bias.isEmpty()) {
        return Optional.empty();
      }
      int in = Math.toIntExact(((FeedForwardLayer) layer).getNIn());
      int out = Math.toIntExact(((FeedForwardLayer) layer).getNOut());
      int biases = Math.addExact(offset, Math.multiplyExact(in, out));
      layers.add(
          new Layer(
              in, out, activation.get(), offset, biases, retain.get(), weights.get(), bias.get()));
      offset = biases + out;
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

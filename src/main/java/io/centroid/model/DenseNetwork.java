package io.centroid.model;

import io.centroid.config.ActivationKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.TrainingSettings;
import io.centroid.config.UpdateSettings;
import io.centroid.data.Cifar10;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The dense classifier: Input (32,32,3), Flatten, Dense for each hidden width, Dense 10 with
 * softmax and cross-entropy.
 *
 * <p>Shards hold features in height × width × channel order, so Flatten is the identity on them and
 * the first Dense layer reads {@code [minibatch, 3072]}.
 *
 * <p>Weights start as Keras' {@code glorot_uniform}: uniform in ±√(6 / (fanIn + fanOut)) (Glorot
 * and Bengio 2010); biases start at 0. Adam (Kingma and Ba 2015) runs with β₁ 0.9, β₂ 0.999, ε
 * 1e-8.
 */
public final class DenseNetwork {
  private DenseNetwork() {}

  /** The Deeplearning4j configuration of the network; equal settings give equal configurations. */
  public static MultiLayerConfiguration configuration(
      NetworkSettings network, TrainingSettings training) {
    NeuralNetConfiguration.ListBuilder layers =
        regularized(new NeuralNetConfiguration.Builder(), training.update())
            .seed(training.seed())
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .updater(updater(training.update()))
            .list();
    // Deeplearning4j drops what a layer reads, so a hidden layer's dropout is the next one's.
    IDropout dropout = null;
    for (int layer = 0; layer < network.hiddenWidths().size(); layer++) {
      layers.layer(
          new DenseLayer.Builder()
              .nOut(network.hiddenWidths().get(layer))
              .activation(activation(network.activation(layer), network.alpha()))
              .dropOut(dropout)
              .build());
      dropout = network.dropout() > 0 ? new Dropout(1 - network.dropout()) : null;
    }
    layers.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(Cifar10.CLASSES)
            .activation(Activation.SOFTMAX)
            .dropOut(dropout)
            .build());
    return layers.setInputType(InputType.feedForward(Cifar10.FEATURES)).build();
  }

  private static IActivation activation(ActivationKind kind, double alpha) {
    return switch (kind) {
      case RELU -> new ActivationReLU();
      case LEAKY_RELU -> new ActivationLReLU(alpha);
      case SIGMOID -> new ActivationSigmoid();
      case TANH -> new ActivationTanH();
      case IDENTITY -> new ActivationIdentity();
    };
  }

  private static NeuralNetConfiguration.Builder regularized(
      NeuralNetConfiguration.Builder builder, UpdateSettings update) {
    if (update.l2() > 0) {
      builder.l2(update.l2());
    }
    if (update.weightDecay() > 0) {
      builder.weightDecay(update.weightDecay());
    }
    return builder;
  }

  private static IUpdater updater(UpdateSettings update) {
    return switch (update.rule()) {
      case ADAM -> new Adam(update.learningRate());
      case SGD -> new Sgd(update.learningRate());
      case NESTEROV -> new Nesterovs(update.learningRate(), update.momentum());
    };
  }
}

package io.centroid.model;

import io.centroid.config.ActivationKind;
import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.TrainingSettings;
import io.centroid.config.UpdateSettings;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
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
 * The dense classifier, in two forms: {@link NetworkKind#FLATTEN_DENSE} Input, Flatten, Dense for
 * each hidden width, Dense with softmax and cross-entropy for the classes; and {@link
 * NetworkKind#CHANNEL_DENSE}, for pictures, whose first Dense acts on the last axis, before
 * Flatten.
 *
 * <p>Shards hold features in height × width × channel order, so Flatten is the identity on them and
 * the first Dense layer reads {@code [minibatch, features]}. A Dense on the last axis is a
 * convolution with a 1×1 kernel, which reads {@code [minibatch, height, width, channels]}; what it
 * makes is flattened with the channels last.
 *
 * <p>Weights start as Keras' {@code glorot_uniform}: uniform in ±√(6 / (fanIn + fanOut)) (Glorot
 * and Bengio 2010); biases start at 0. Adam (Kingma and Ba 2015) runs with β₁ 0.9, β₂ 0.999, ε
 * 1e-8.
 */
public final class DenseNetwork {
  private DenseNetwork() {}

  /** The Deeplearning4j configuration of the network; equal settings give equal configurations. */
  public static MultiLayerConfiguration configuration(
      NetworkSettings network, TrainingSettings training, DataSet dataSet) {
    NeuralNetConfiguration.ListBuilder layers =
        regularized(new NeuralNetConfiguration.Builder(), training.update())
            .seed(training.seed())
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .updater(updater(training.update()))
            .list();
    // Deeplearning4j drops what a layer reads, so a hidden layer's dropout is the next one's.
    IDropout dropout = null;
    for (int layer = 0; layer < network.hiddenWidths().size(); layer++) {
      boolean onChannels = layer == 0 && network.kind() == NetworkKind.CHANNEL_DENSE;
      layers.layer(
          (onChannels
                  ? new ConvolutionLayer.Builder(1, 1).dataFormat(CNN2DFormat.NHWC)
                  : new DenseLayer.Builder())
              .nOut(network.hiddenWidths().get(layer))
              .activation(activation(network.activation(layer), network.alpha()))
              .dropOut(dropout)
              .build());
      dropout = network.dropout() > 0 ? new Dropout(1 - network.dropout()) : null;
    }
    layers.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(dataSet.classes())
            .activation(Activation.SOFTMAX)
            .dropOut(dropout)
            .build());
    return layers.setInputType(inputType(network.kind(), dataSet.shape())).build();
  }

  /** The shape of one example as the network reads it. */
  public static long[] inputShape(NetworkKind kind, DataSet dataSet) {
    FeatureShape shape = dataSet.shape();
    return switch (kind) {
      case FLATTEN_DENSE -> new long[] {shape.count()};
      case CHANNEL_DENSE -> new long[] {shape.height(), shape.width(), shape.channels()};
    };
  }

  private static InputType inputType(NetworkKind kind, FeatureShape shape) {
    return switch (kind) {
      case FLATTEN_DENSE -> InputType.feedForward(shape.count());
      case CHANNEL_DENSE ->
          InputType.convolutional(
              shape.height(), shape.width(), shape.channels(), CNN2DFormat.NHWC);
    };
  }

  static IActivation activation(ActivationKind kind, double alpha) {
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

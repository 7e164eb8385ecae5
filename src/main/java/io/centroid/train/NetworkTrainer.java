package io.centroid.train;

import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The general local step: any Deeplearning4j network, with Deeplearning4j's own {@code fit}. */
final class NetworkTrainer implements LocalTrainer {

  /** The native arrays of a minibatch; one of the full size and one of an epoch's last. */
  private record Minibatch(INDArray features, INDArray labels) implements AutoCloseable {
    @Override
    public void close() {
      features.close();
      labels.close();
    }
  }

  private final MultiLayerNetwork network;
  private final ExampleShape shape;
  private final Map<Integer, Minibatch> minibatches = new HashMap<>();

  NetworkTrainer(String configurationJson, ExampleShape shape) {
    this.network = Networks.fromJson(configurationJson);
    this.shape = shape;
  }

  @Override
  public void start(TrainingState state, long randomSeed) {
    Nd4j.getRandom().setSeed(randomSeed);
    state.writeTo(network);
  }

  @Override
  public double step(float[] features, float[] labels, int examples) {
    Minibatch minibatch = minibatches.computeIfAbsent(examples, this::allocate);
    FlatParameters.fill(features, minibatch.features());
    FlatParameters.fill(labels, minibatch.labels());
    network.fit(minibatch.features(), minibatch.labels());
    return network.score();
  }

  @Override
  public TrainingState state() {
    return TrainingState.of(network);
  }

  @Override
  public void close() {
    minibatches.values().forEach(Minibatch::close);
    minibatches.clear();
    network.close();
  }

  private Minibatch allocate(int examples) {
    return new Minibatch(
        Nd4j.createUninitialized(
            DataType.FLOAT, ExampleShape.minibatch(examples, shape.features()), 'c'),
        Nd4j.createUninitialized(
            DataType.FLOAT, ExampleShape.minibatch(examples, shape.labels()), 'c'));
  }
}

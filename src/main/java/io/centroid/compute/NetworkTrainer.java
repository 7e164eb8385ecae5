package io.centroid.compute;

import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
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
  private record Arrays(INDArray features, INDArray labels) implements AutoCloseable {
    @Override
    public void close() {
      features.close();
      labels.close();
    }
  }

  private final MultiLayerNetwork network;
  private final ExampleShape shape;
  private final StepOptions options;
  private final double baseRate;
  private final Map<Integer, Arrays> arrays = new HashMap<>();
  private float[] labels = new float[0];

  NetworkTrainer(String configurationJson, ExampleShape shape, StepOptions options) {
    this.network = Networks.fromJson(configurationJson);
    this.shape = shape;
    this.options = options;
    this.baseRate = options.schedule().isConstant() ? 0 : network.getLearningRate(0);
  }

  @Override
  public void start(TrainingState state) {
    state.writeTo(network);
  }

  @Override
  public double step(Minibatch minibatch, long randomSeed) {
    Nd4j.getRandom().setSeed(randomSeed);
    if (!options.schedule().isConstant()) {
      network.setLearningRate(baseRate * options.schedule().factor(network.getIterationCount()));
    }
    Arrays target = arrays.computeIfAbsent(minibatch.size(), this::allocate);
    minibatch.copyFeatures(FlatParameters.view(target.features()));
    if (labels.length < minibatch.size() * shape.labelCount()) {
      labels = new float[minibatch.size() * shape.labelCount()];
    }
    minibatch.copyLabels(labels);
    FlatParameters.fill(labels, target.labels());
    network.fit(target.features(), target.labels());
    return network.score();
  }

  @Override
  public TrainingState finish() {
    return TrainingState.of(network);
  }

  @Override
  public void close() {
    arrays.values().forEach(Arrays::close);
    arrays.clear();
    Networks.close(network);
  }

  private Arrays allocate(int examples) {
    return new Arrays(
        Nd4j.createUninitialized(
            DataType.FLOAT, ExampleShape.minibatch(examples, shape.features()), 'c'),
        Nd4j.createUninitialized(
            DataType.FLOAT, ExampleShape.minibatch(examples, shape.labels()), 'c'));
  }
}

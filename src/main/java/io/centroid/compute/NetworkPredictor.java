package io.centroid.compute;

import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Predicts with Deeplearning4j's own forward pass. */
final class NetworkPredictor implements Predictor {
  private final MultiLayerNetwork network;

  NetworkPredictor(String configurationJson, float[] parameters) {
    network = Networks.fromJson(configurationJson);
    FlatParameters.write(parameters, network.params());
  }

  @Override
  public float[] probabilities(float[] features, int examples) {
    try (INDArray input =
            Nd4j.create(features, new long[] {examples, features.length / examples}, 'c');
        INDArray output = network.output(input, false);
        INDArray rows = output.dup('c')) {
      return FlatParameters.read(rows.reshape(rows.length()));
    }
  }

  @Override
  public void close() {
    Networks.close(network);
  }
}

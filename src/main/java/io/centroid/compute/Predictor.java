package io.centroid.compute;

import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/** Predicts on one thread. */
public interface Predictor extends AutoCloseable {

  /**
   * A predictor for a network: with the fast step's kernels where the network is a dense stack,
   * else with Deeplearning4j's own.
   *
   * @param configurationJson the Deeplearning4j configuration of the network
   * @param parameters its flat parameters
   */
  static Predictor of(String configurationJson, float[] parameters) {
    Optional<DenseStack> stack = DenseStack.of(MultiLayerConfiguration.fromJson(configurationJson));
    return stack.isPresent()
        ? new DensePredictor(stack.get(), parameters)
        : new NetworkPredictor(configurationJson, parameters);
  }

  /**
   * The probabilities of every class.
   *
   * @param features {@code float[n × features]}, example after example
   * @param examples n
   * @return {@code float[n × classes]}, example after example
   */
  float[] probabilities(float[] features, int examples);

  /** Frees native memory. */
  @Override
  void close();
}

package io.centroid.compute;

import io.centroid.config.LocalStepKind;
import io.centroid.error.JobException;
import io.centroid.example.ExampleShape;
import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/** The implementations of the local step, as they are named to executors. */
public enum LocalStep {
  /** Deeplearning4j's own {@code fit}. */
  GENERAL {
    @Override
    public LocalTrainer trainer(String configurationJson, ExampleShape shape, StepOptions options) {
      return new NetworkTrainer(configurationJson, shape, options);
    }
  },
  /** {@link DenseTrainer}. */
  FAST {
    @Override
    public LocalTrainer trainer(String configurationJson, ExampleShape shape, StepOptions options) {
      return new DenseTrainer(
          DenseStack.of(MultiLayerConfiguration.fromJson(configurationJson)).orElseThrow(),
          options);
    }
  };

  /**
   * The step to train a network with.
   *
   * @throws JobException with category SETTINGS when the fast step is asked for and the network is
   *     not one it can train, or when the general step would have to clip gradients
   */
  public static LocalStep of(
      LocalStepKind kind, MultiLayerConfiguration network, StepOptions options) {
    Optional<DenseStack> stack =
        kind == LocalStepKind.GENERAL ? Optional.empty() : DenseStack.of(network);
    if (kind == LocalStepKind.FAST && stack.isEmpty()) {
      throw JobException.settings(
          "Cannot train with training.local-step = fast: found a network with more than dense"
              + " layers, softmax and cross-entropy under Adam, SGD or Nesterov momentum, expected"
              + " no more. Use auto or general.");
    }
    if (stack.isEmpty() && options.clipNorm() > 0) {
      throw JobException.settings(
          "Cannot train with training.clip-norm = %s: found the general local step, expected the fast"
                  .formatted(options.clipNorm())
              + " one, which alone clips. Set training.clip-norm = 0.");
    }
    return stack.isPresent() ? FAST : GENERAL;
  }

  /** A trainer for the network. */
  public abstract LocalTrainer trainer(
      String configurationJson, ExampleShape shape, StepOptions options);
}

package io.centroid.config;

import java.io.Serializable;

/**
 * Settings of the step that is made with the average of the workers after each round.
 *
 * @param momentum over rounds, 0 to 0.99; 0 for none
 * @param nesterov whether the momentum looks ahead; not without any
 * @param learningRate how far the step goes, above 0 and at most 2; 1 without momentum is the
 *     average itself
 */
public record OuterSettings(double momentum, boolean nesterov, double learningRate)
    implements Serializable {
  /** The average itself. */
  public static final OuterSettings PLAIN = new OuterSettings(0, false, 1);

  /** Plain momentum, 0 to 0.99. */
  public static OuterSettings momentum(double momentum) {
    return new OuterSettings(momentum, false, 1);
  }

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public OuterSettings {
    new Problems()
        .require(
            momentum >= 0 && momentum <= 0.99, "averaging.outer-momentum", momentum, "0 to 0.99")
        .require(
            !nesterov || momentum != 0,
            "averaging.outer-nesterov",
            nesterov,
            "false where averaging.outer-momentum is 0")
        .require(
            learningRate > 0 && learningRate <= 2,
            "averaging.outer-learning-rate",
            learningRate,
            "above 0 and at most 2")
        .throwIfAny();
  }
}

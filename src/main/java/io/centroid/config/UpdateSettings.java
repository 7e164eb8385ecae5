package io.centroid.config;

/**
 * Settings of the update of the parameters.
 *
 * @param rule how a gradient moves them
 * @param learningRate the rule's step size, above 0 and at most 10
 * @param momentum of the Nesterov rule, 0 to 0.999; the other rules do not use it
 * @param l2 λ of a term λ/2 ‖w‖² of the loss over all weights, 0 to 1; biases are left alone
 * @param weightDecay λ of decoupled weight decay, 0 to 1, and 0 with L2: each step also takes λ ·
 *     rate · w off the weights (Loshchilov and Hutter, ICLR 2019)
 * @param clipNorm the largest Euclidean norm of a gradient, 0 or more; 0 for any
 */
public record UpdateSettings(
    UpdateRuleKind rule,
    double learningRate,
    double momentum,
    double l2,
    double weightDecay,
    double clipNorm) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public UpdateSettings {
    new Problems()
        .require(
            learningRate > 0 && learningRate <= 10,
            "training.learning-rate",
            learningRate,
            "above 0 and at most 10")
        .require(momentum >= 0 && momentum <= 0.999, "training.momentum", momentum, "0 to 0.999")
        .require(l2 >= 0 && l2 <= 1, "training.l2", l2, "0 to 1")
        .require(
            weightDecay >= 0 && weightDecay <= 1, "training.weight-decay", weightDecay, "0 to 1")
        .require(
            l2 == 0 || weightDecay == 0,
            "training.weight-decay",
            weightDecay,
            "0 with training.l2 above 0; use one of the two")
        .require(clipNorm >= 0, "training.clip-norm", clipNorm, "0 or more")
        .throwIfAny();
  }
}

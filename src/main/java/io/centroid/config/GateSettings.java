package io.centroid.config;

/**
 * What a model must come to before it is promoted; not part of its result.
 *
 * @param minimumAccuracy least accuracy on the test split, 0 to 1; 0 asks for none
 * @param significance level of the test whether it is worse than the model promoted last, 0 to 0.5;
 *     0 does not compare
 */
public record GateSettings(double minimumAccuracy, double significance) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public GateSettings {
    new Problems()
        .require(
            minimumAccuracy >= 0 && minimumAccuracy <= 1,
            "gate.minimum-accuracy",
            minimumAccuracy,
            "0 to 1")
        .require(
            significance >= 0 && significance <= 0.5, "gate.significance", significance, "0 to 0.5")
        .throwIfAny();
  }
}

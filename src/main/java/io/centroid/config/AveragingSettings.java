package io.centroid.config;

/**
 * Settings of the parameter averaging.
 *
 * @param frequency minibatches F each worker trains between two averagings, 1 to 1,000,000
 * @param engine which implementation averages
 * @param warmUpEpochs epochs at the beginning in which there is an averaging after each minibatch,
 *     0 to 100,000
 * @param outer the step that is made with the average
 * @param emaDecay decay per round of the exponential moving average of the parameters that is
 *     validated and published, 0 to 0.9999; 0 for none
 * @param fanIn results that are averaged in one place, 2 to 1,000
 */
public record AveragingSettings(
    int frequency,
    EngineKind engine,
    int warmUpEpochs,
    OuterSettings outer,
    double emaDecay,
    int fanIn) {

  private static final int FAN_IN = 16;

  /** Plain averaging every {@code frequency} minibatches. */
  public static AveragingSettings every(int frequency) {
    return new AveragingSettings(frequency, EngineKind.CENTROID, 0, OuterSettings.PLAIN, 0, FAN_IN);
  }

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public AveragingSettings {
    new Problems()
        .require(
            frequency >= 1 && frequency <= 1_000_000,
            "averaging.frequency",
            frequency,
            "1 to 1000000")
        .require(
            warmUpEpochs >= 0 && warmUpEpochs <= 100_000,
            "averaging.warm-up-epochs",
            warmUpEpochs,
            "0 to 100000")
        .require(
            emaDecay >= 0 && emaDecay <= 0.9999, "averaging.ema-decay", emaDecay, "0 to 0.9999")
        .require(fanIn >= 2 && fanIn <= 1_000, "averaging.fan-in", fanIn, "2 to 1000")
        .throwIfAny();
  }
}

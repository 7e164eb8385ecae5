package io.centroid.config;

/**
 * Settings of the parameter averaging.
 *
 * @param frequency minibatches F each worker trains between two averagings, 1 to 1,000,000
 * @param engine which implementation averages
 * @param outerMomentum momentum over rounds, 0 to 0.99; 0 is plain averaging
 * @param emaDecay decay per round of the exponential moving average of the parameters that is
 *     validated and published, 0 to 0.9999; 0 for none
 * @param fanIn results that are averaged in one place, 2 to 1,000
 */
public record AveragingSettings(
    int frequency, EngineKind engine, double outerMomentum, double emaDecay, int fanIn) {

  private static final int FAN_IN = 16;

  /** Plain averaging every {@code frequency} minibatches. */
  public static AveragingSettings every(int frequency) {
    return new AveragingSettings(frequency, EngineKind.CENTROID, 0, 0, FAN_IN);
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
            outerMomentum >= 0 && outerMomentum <= 0.99,
            "averaging.outer-momentum",
            outerMomentum,
            "0 to 0.99")
        .require(
            engine == EngineKind.CENTROID || outerMomentum == 0,
            "averaging.outer-momentum",
            outerMomentum,
            "0 with averaging.engine = stock, which has no outer momentum")
        .require(
            emaDecay >= 0 && emaDecay <= 0.9999, "averaging.ema-decay", emaDecay, "0 to 0.9999")
        .require(
            engine == EngineKind.CENTROID || emaDecay == 0,
            "averaging.ema-decay",
            emaDecay,
            "0 with averaging.engine = stock, which has no moving average")
        .require(fanIn >= 2 && fanIn <= 1_000, "averaging.fan-in", fanIn, "2 to 1000")
        .throwIfAny();
  }
}

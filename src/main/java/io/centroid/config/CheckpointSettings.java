package io.centroid.config;

/**
 * Settings of the checkpoints; they do not change a run's result.
 *
 * @param everyRounds rounds of an epoch between two checkpoints, 1 or more; there is one after each
 *     epoch, too
 * @param keep how many are kept, 1 to 100
 */
public record CheckpointSettings(int everyRounds, int keep) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public CheckpointSettings {
    new Problems()
        .require(everyRounds >= 1, "checkpoint.every-rounds", everyRounds, "1 or more")
        .require(keep >= 1 && keep <= 100, "checkpoint.keep", keep, "1 to 100")
        .throwIfAny();
  }
}

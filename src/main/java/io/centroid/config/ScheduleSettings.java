package io.centroid.config;

/**
 * Settings of the learning rate over a training.
 *
 * @param kind the form of the schedule
 * @param warmUpEpochs epochs, whole or in part, over which the rate first rises to where the
 *     schedule starts, 0 or more and below the epochs trained; 0 with one-cycle
 * @param stepEpochs of the step schedule: epochs between two reductions, 1 or more
 * @param stepFactor of the step schedule: what the rate is multiplied by, above 0 and at most 1
 */
public record ScheduleSettings(
    ScheduleKind kind, double warmUpEpochs, int stepEpochs, double stepFactor) {

  /** The rate stays what it is. */
  public static final ScheduleSettings CONSTANT =
      new ScheduleSettings(ScheduleKind.CONSTANT, 0, 1, 1);

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public ScheduleSettings {
    new Problems()
        .require(
            warmUpEpochs >= 0 && warmUpEpochs <= 100_000,
            "training.schedule.warm-up-epochs",
            warmUpEpochs,
            "0 to 100000")
        .require(
            kind != ScheduleKind.ONE_CYCLE || warmUpEpochs == 0,
            "training.schedule.warm-up-epochs",
            warmUpEpochs,
            "0 with training.schedule.kind = one-cycle, which warms up by itself")
        .require(stepEpochs >= 1, "training.schedule.step-epochs", stepEpochs, "1 or more")
        .require(
            stepFactor > 0 && stepFactor <= 1,
            "training.schedule.step-factor",
            stepFactor,
            "above 0 and at most 1")
        .throwIfAny();
  }
}

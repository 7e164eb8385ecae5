package io.centroid.compute;

import io.centroid.config.ScheduleKind;
import io.centroid.config.ScheduleSettings;
import java.io.Serializable;

/**
 * The learning rate as a function of the global step: what the base rate is multiplied by.
 *
 * @param kind the form
 * @param steps T, steps of the whole training
 * @param warmUpSteps w, over which the factor first rises: (t + 1) / w at step t below w
 * @param stepSteps of the step schedule: steps between two reductions
 * @param stepFactor of the step schedule: what is left at each
 */
public record LearningRateSchedule(
    ScheduleKind kind, long steps, long warmUpSteps, long stepSteps, double stepFactor)
    implements Serializable {

  /** A factor of 1. */
  public static final LearningRateSchedule CONSTANT =
      new LearningRateSchedule(ScheduleKind.CONSTANT, 1, 0, 1, 1);

  private static final double CYCLE_RISE = 0.3;
  private static final double CYCLE_START = 1 / 25.0;
  private static final double CYCLE_END = CYCLE_START / 10_000;

  /**
   * The schedule of a training.
   *
   * @param stepsPerEpoch steps of the worker with the most of them
   */
  public static LearningRateSchedule of(ScheduleSettings settings, int stepsPerEpoch, int epochs) {
    return new LearningRateSchedule(
        settings.kind(),
        (long) stepsPerEpoch * epochs,
        Math.round(settings.warmUpEpochs() * stepsPerEpoch),
        (long) stepsPerEpoch * settings.stepEpochs(),
        settings.stepFactor());
  }

  /** Whether the factor is 1 at every step. */
  public boolean isConstant() {
    return kind == ScheduleKind.CONSTANT && warmUpSteps == 0;
  }

  /**
   * The factor.
   *
   * @param step t, steps made before this one
   */
  public double factor(long step) {
    if (step < warmUpSteps) {
      return (step + 1.0) / warmUpSteps;
    }
    return switch (kind) {
      case CONSTANT -> 1;
      case STEP -> {
        long reductions = step / stepSteps;
        yield Math.pow(stepFactor, (double) reductions);
      }
      case COSINE -> between(1, 0, (double) (step - warmUpSteps) / (steps - warmUpSteps));
      case ONE_CYCLE -> {
        double rise = CYCLE_RISE * steps;
        yield step < rise
            ? between(CYCLE_START, 1, step / rise)
            : between(1, CYCLE_END, (step - rise) / (steps - rise));
      }
    };
  }

  /**
   * From one value to another along half a cosine; {@code part} is 0 at the start, 1 at the end.
   */
  private static double between(double from, double to, double part) {
    return to + (from - to) * (1 + Math.cos(Math.PI * Math.min(1, part))) / 2;
  }
}

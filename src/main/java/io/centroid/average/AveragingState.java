package io.centroid.average;

import io.centroid.compute.TrainingState;
import io.centroid.model.FlatParameters;

/**
 * Everything the rounds made so far hand on to the next one. The arrays are never written after
 * construction.
 *
 * @param training what workers start from
 * @param velocity of the outer momentum; empty without one, or before the first round
 * @param movingAverage exponential moving average of the parameters; empty without one, or before
 *     the first round
 * @param averagedRounds rounds in the moving average
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
public record AveragingState(
    TrainingState training, float[] velocity, float[] movingAverage, long averagedRounds) {
  /** The state before the first round. */
  public static AveragingState of(TrainingState start) {
    return new AveragingState(start, FlatParameters.NONE, FlatParameters.NONE, 0);
  }

  /** The state to validate and to publish: that of the moving average, where there is one. */
  public TrainingState candidate() {
    return movingAverage.length == 0
        ? training
        : new TrainingState(movingAverage, training.updaterState(), training.iteration());
  }
}

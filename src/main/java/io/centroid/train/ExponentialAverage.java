package io.centroid.train;

import io.centroid.compute.TrainingState;

/**
 * The exponential moving average of the parameters over rounds: a ← d a + (1 − d) θ, with d =
 * min(decay, (1 + n) / (10 + n)) after n rounds, so that the random start is forgotten soon (the
 * form of TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}). Training goes on
 * from θ; what is validated and published is a.
 */
final class ExponentialAverage {
  private final double decay;
  private float[] average;
  private long rounds;

  /**
   * An average with nothing in it.
   *
   * @param decay 0 for no average: then a is θ
   */
  ExponentialAverage(double decay) {
    this.decay = decay;
  }

  /** Takes the state after a round in. */
  void add(TrainingState state) {
    if (decay == 0) {
      return;
    }
    float[] theta = state.parameters();
    if (average == null) {
      average = theta.clone();
    }
    float kept = (float) Math.min(decay, (1.0 + rounds) / (10.0 + rounds));
    float[] values = average;
    for (int i = 0; i < values.length; i++) {
      values[i] = kept * values[i] + (1 - kept) * theta[i];
    }
    rounds++;
  }

  /** The state with the averaged parameters. */
  TrainingState of(TrainingState state) {
    return average == null
        ? state
        : new TrainingState(average.clone(), state.updaterState(), state.iteration());
  }
}

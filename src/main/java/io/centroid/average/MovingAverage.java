package io.centroid.average;

/**
 * The exponential moving average of the parameters over rounds: a ← d a + (1 − d) θ, with d =
 * min(decay, (1 + n) / (10 + n)) after n rounds, so that the random start is forgotten soon (the
 * form of TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}).
 */
final class MovingAverage {
  private MovingAverage() {}

  /**
   * The average with one round more.
   *
   * @param average a; empty before the first round
   * @param rounds n
   * @param parameters θ after the round
   */
  static float[] plus(double decay, float[] average, long rounds, float[] parameters) {
    if (average.length == 0) {
      return parameters;
    }
    float kept = (float) Math.min(decay, (1.0 + rounds) / (10.0 + rounds));
    float[] next = new float[parameters.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = kept * average[i] + (1 - kept) * parameters[i];
    }
    return next;
  }
}

package io.centroid.average;

/**
 * Momentum over rounds: v ← μ v + (θ̄ − θ), θ ← θ + v, where θ̄ is the average of the workers.
 *
 * <p>Block momentum of Chen and Huo, "Scalable training of deep learning machines by incremental
 * block training" (ICASSP 2016); SlowMo of Wang et al. (ICLR 2020) with a slow learning rate of 1.
 */
final class OuterMomentum {
  private OuterMomentum() {}

  /**
   * The new velocity.
   *
   * @param velocity v; empty for 0
   * @param before θ
   * @param average θ̄
   */
  static float[] velocity(float momentum, float[] velocity, float[] before, float[] average) {
    float[] next = new float[before.length];
    for (int i = 0; i < next.length; i++) {
      float carried = velocity.length == 0 ? 0 : momentum * velocity[i];
      next[i] = carried + (average[i] - before[i]);
    }
    return next;
  }

  /** θ + v. */
  static float[] moved(float[] before, float[] velocity) {
    float[] moved = new float[before.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = before[i] + velocity[i];
    }
    return moved;
  }
}

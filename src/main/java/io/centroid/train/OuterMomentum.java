package io.centroid.train;

import io.centroid.compute.TrainingState;

/**
 * Momentum over rounds: v ← μ v + (θ̄ − θ), θ ← θ + v, where θ̄ is the average of the workers.
 *
 * <p>Block momentum of Chen and Huo, "Scalable training of deep learning machines by incremental
 * block training" (ICASSP 2016); SlowMo of Wang et al. (ICLR 2020) with a slow learning rate of 1.
 * With μ = 0 it hands back the average unchanged.
 */
final class OuterMomentum {
  private final float momentum;
  private float[] velocity;

  OuterMomentum(double momentum) {
    this.momentum = (float) momentum;
  }

  /** The state to start the next round from. */
  TrainingState apply(TrainingState before, TrainingState average) {
    if (momentum == 0) {
      return average;
    }
    float[] theta = before.parameters();
    float[] mean = average.parameters();
    if (velocity == null) {
      velocity = new float[theta.length];
    }
    float[] moved = new float[theta.length];
    for (int i = 0; i < moved.length; i++) {
      velocity[i] = momentum * velocity[i] + (mean[i] - theta[i]);
      moved[i] = theta[i] + velocity[i];
    }
    return new TrainingState(moved, average.updaterState(), average.iteration());
  }
}

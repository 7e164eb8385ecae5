package io.centroid.average;

import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.OuterSettings;
import java.io.Serializable;

/**
 * What is made of the average of the workers, element by element, so that parameters may lie in
 * ranges in different places.
 *
 * <p>A step of stochastic gradient descent whose gradient is θ − θ̄, where θ̄ is the average of the
 * workers, with learning rate η and momentum μ over rounds: v ← μ v + (θ̄ − θ), θ ← θ + η v. With
 * Nesterov's momentum θ ← θ + η (μ v + (θ̄ − θ)). Block momentum of Chen and Huo, "Scalable
 * training of deep learning machines by incremental block training" (ICASSP 2016); SlowMo of Wang
 * et al. (ICLR 2020); with Nesterov's momentum and η = 0.7, μ = 0.9 DiLoCo of Douillard et al.
 * (arXiv:2311.08105).
 *
 * <p>The exponential moving average of the parameters over rounds: a ← d a + (1 − d) θ, with d =
 * min(decay, (1 + n) / (10 + n)) after n rounds, so that the random start is forgotten soon (the
 * form of TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}).
 *
 * @param outer η, μ and which momentum
 * @param decay of the moving average; 0 for none
 */
record OuterStep(OuterSettings outer, double decay) implements Serializable {

  static OuterStep of(AveragingSettings settings) {
    return new OuterStep(settings.outer(), settings.emaDecay());
  }

  private boolean hasMomentum() {
    return outer.momentum() > 0;
  }

  /**
   * The arrays beside the training state that a round goes on with: velocity and moving average, as
   * far as there are any; empty ones are of zeros.
   */
  float[][] kept(AveragingState state) {
    if (hasMomentum()) {
      return decay > 0
          ? new float[][] {state.velocity(), state.movingAverage()}
          : new float[][] {state.velocity()};
    }
    return decay > 0 ? new float[][] {state.movingAverage()} : new float[0][];
  }

  /**
   * The state after some rounds.
   *
   * @param training after them
   * @param kept after them, as {@link #kept(AveragingState)} numbers them
   */
  AveragingState after(AveragingState before, int rounds, TrainingState training, float[][] kept) {
    return new AveragingState(
        training,
        hasMomentum() ? kept[0] : before.velocity(),
        decay > 0 ? kept[kept.length - 1] : before.movingAverage(),
        before.averagedRounds() + (decay > 0 ? rounds : 0));
  }

  /**
   * The state after one round.
   *
   * @param average of the workers; its parameters are written
   */
  AveragingState next(AveragingState before, TrainingState average) {
    float[] parameters = average.parameters();
    float[][] kept = kept(before);
    for (int array = 0; array < kept.length; array++) {
      kept[array] = kept[array].length == 0 ? new float[parameters.length] : kept[array].clone();
    }
    apply(
        0,
        parameters.length,
        before.training().parameters(),
        parameters,
        kept,
        before.averagedRounds());
    return after(before, 1, average, kept);
  }

  /**
   * Makes the step for a range.
   *
   * @param before θ before the round
   * @param mean θ̄, which becomes θ
   * @param kept v and a, as {@link #kept(AveragingState)} numbers them; written
   * @param rounds n
   */
  void apply(int from, int end, float[] before, float[] mean, float[][] kept, long rounds) {
    float rate = (float) outer.learningRate();
    if (hasMomentum()) {
      float carried = (float) outer.momentum();
      float[] velocity = kept[0];
      for (int i = from; i < end; i++) {
        float move = mean[i] - before[i];
        velocity[i] = carried * velocity[i] + move;
        mean[i] =
            before[i] + rate * (outer.nesterov() ? carried * velocity[i] + move : velocity[i]);
      }
    } else if (rate != 1) {
      for (int i = from; i < end; i++) {
        mean[i] = before[i] + rate * (mean[i] - before[i]);
      }
    }
    if (decay > 0) {
      float[] average = kept[kept.length - 1];
      float old = rounds == 0 ? 0 : (float) Math.min(decay, (1.0 + rounds) / (10.0 + rounds));
      for (int i = from; i < end; i++) {
        average[i] = rounds == 0 ? mean[i] : old * average[i] + (1 - old) * mean[i];
      }
    }
  }
}

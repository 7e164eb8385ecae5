package io.centroid.compute;

import io.centroid.compute.DenseStack.Penalty;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Moves parameters by a gradient: the formulas of Deeplearning4j's updaters as plain loops that the
 * JIT compiler vectorizes.
 *
 * <p>Moments of units that no longer get a gradient decay towards zero, and denormal floats are
 * very slow. Adding a tiny constant and subtracting it again rounds a moment to a multiple of the
 * constant's last place, so that it comes to rest there instead: far below the size at which it
 * moves a parameter, and far above the denormals, also when it is multiplied by a step size.
 */
interface UpdateRule {
  /** Keeps first moments at 0 or above 8e-28 in size; exact for those above 2e-13. */
  float FIRST_MOMENT_FLOOR = 1e-20f;

  /** Keeps second moments at 0 or above 9e-38; exact for those above 2e-23. */
  float SECOND_MOMENT_FLOOR = 1e-30f;

  /** Whether {@link #of} has a rule for an updater. */
  static boolean knows(IUpdater updater) {
    return (updater instanceof Adam adam
            && adam.getClass() == Adam.class
            && adam.getLearningRateSchedule() == null)
        || (updater instanceof Sgd sgd && sgd.getLearningRateSchedule() == null)
        || (updater instanceof Nesterovs nesterovs
            && nesterovs.getLearningRateSchedule() == null
            && nesterovs.getMomentumISchedule() == null);
  }

  /**
   * The rule of a Deeplearning4j updater.
   *
   * @throws IllegalArgumentException when there is none
   */
  static UpdateRule of(IUpdater updater) {
    if (!knows(updater)) {
      throw new IllegalArgumentException("Cannot update with " + updater + ": no such rule here.");
    }
    if (updater instanceof Adam adam) {
      return new AdamRule(
          adam.getLearningRate(), adam.getBeta1(), adam.getBeta2(), adam.getEpsilon());
    }
    if (updater instanceof Sgd sgd) {
      return new SgdRule((float) sgd.getLearningRate());
    }
    Nesterovs nesterovs = (Nesterovs) updater;
    return new NesterovsRule((float) nesterovs.getLearningRate(), (float) nesterovs.getMomentum());
  }

  /** How many arrays of the parameters' length the state has. */
  int slots();

  /**
   * The rule at one step.
   *
   * @param iteration steps made before this one
   * @param rateFactor what the rule's rate is multiplied by
   * @param scale what the gradient is multiplied by
   */
  Step step(int iteration, double rateFactor, float scale);

  /** A rule at one step, the same for all parameters. */
  interface Step {
    /**
     * Moves parameters.
     *
     * @param parameters changed in place
     * @param gradient of the mean loss, without penalties
     * @param state one array for each slot, in Deeplearning4j's order, changed in place
     * @param count how many; of all arrays the first ones
     * @param penalty what pulls these parameters towards 0
     */
    void move(float[] parameters, float[] gradient, float[][] state, int count, Penalty penalty);
  }

  /** Adam (Kingma and Ba 2015), with the bias corrections folded into the step size. */
  record AdamRule(double rate, double beta1, double beta2, double epsilon) implements UpdateRule {
    @Override
    public int slots() {
      return 2;
    }

    @Override
    public Step step(int iteration, double rateFactor, float scale) {
      double t = iteration + 1.0;
      double scheduled = rate * rateFactor;
      double size = scheduled * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
      return (parameters, gradient, state, count, penalty) ->
          move(
              parameters,
              gradient,
              state[0],
              state[1],
              count,
              (float) beta1,
              (float) beta2,
              (float) size,
              (float) epsilon,
              scale,
              penalty.l2(),
              (float) scheduled * penalty.decay());
    }

    /** Distinct arrays and plain locals: what the JIT compiler needs to see to vectorize. */
    private static void move(
        float[] parameters,
        float[] gradient,
        float[] first,
        float[] second,
        int count,
        float b1,
        float b2,
        float step,
        float epsilon,
        float scale,
        float l2,
        float decay) {
      for (int i = 0; i < count; i++) {
        float p = parameters[i];
        float g = scale * gradient[i] + l2 * p;
        float m = b1 * first[i] + (1 - b1) * g + FIRST_MOMENT_FLOOR - FIRST_MOMENT_FLOOR;
        float v = b2 * second[i] + (1 - b2) * g * g + SECOND_MOMENT_FLOOR - SECOND_MOMENT_FLOOR;
        first[i] = m;
        second[i] = v;
        parameters[i] = p - (step * m / ((float) Math.sqrt(v) + epsilon) + decay * p);
      }
    }
  }

  /** Gradient descent. */
  record SgdRule(float rate) implements UpdateRule {
    @Override
    public int slots() {
      return 0;
    }

    @Override
    public Step step(int iteration, double rateFactor, float scale) {
      float scheduled = (float) (rate * rateFactor);
      return (parameters, gradient, state, count, penalty) ->
          move(
              parameters,
              gradient,
              count,
              scheduled,
              scale,
              penalty.l2(),
              scheduled * penalty.decay());
    }

    private static void move(
        float[] parameters,
        float[] gradient,
        int count,
        float rate,
        float scale,
        float l2,
        float decay) {
      for (int i = 0; i < count; i++) {
        float p = parameters[i];
        parameters[i] = p - (rate * (scale * gradient[i] + l2 * p) + decay * p);
      }
    }
  }

  /** Nesterov momentum in the form of Sutskever et al. (2013) that Deeplearning4j uses. */
  record NesterovsRule(float rate, float momentum) implements UpdateRule {
    @Override
    public int slots() {
      return 1;
    }

    @Override
    public Step step(int iteration, double rateFactor, float scale) {
      float scheduled = (float) (rate * rateFactor);
      return (parameters, gradient, state, count, penalty) ->
          move(
              parameters,
              gradient,
              state[0],
              count,
              scheduled,
              momentum,
              scale,
              penalty.l2(),
              scheduled * penalty.decay());
    }

    private static void move(
        float[] parameters,
        float[] gradient,
        float[] velocity,
        int count,
        float rate,
        float momentum,
        float scale,
        float l2,
        float decay) {
      for (int i = 0; i < count; i++) {
        float p = parameters[i];
        float before = velocity[i];
        float after =
            momentum * before
                - rate * (scale * gradient[i] + l2 * p)
                + FIRST_MOMENT_FLOOR
                - FIRST_MOMENT_FLOOR;
        velocity[i] = after;
        parameters[i] = p + ((1 + momentum) * after - momentum * before - decay * p);
      }
    }
  }
}

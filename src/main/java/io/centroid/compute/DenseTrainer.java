package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;

/**
 * The fast local step, for {@link DenseStack}s: no allocation per step, no copy of the state but
 * one.
 *
 * <p>It computes what Deeplearning4j's {@code fit} does, in another order of summation, so results
 * agree to rounding and not to the bit; on one native thread they are the same bits on every run.
 */
final class DenseTrainer implements LocalTrainer {
  private final DenseStack stack;
  private final UpdateRule rule;
  private final StepOptions options;
  private final DenseGradient gradient;
  private float[] parameters;
  private float[][] updaterState;
  private int iteration;

  DenseTrainer(DenseStack stack, StepOptions options) {
    this.stack = stack;
    this.options = options;
    this.rule = UpdateRule.of(stack.rule());
    this.gradient = new DenseGradient(stack);
  }

  @Override
  public void start(TrainingState state) {
    parameters = state.parameters().clone();
    updaterState = new float[rule.slots()][];
    for (int slot = 0; slot < updaterState.length; slot++) {
      updaterState[slot] = state.copyOfSlot(slot, updaterState.length);
    }
    iteration = state.iteration();
    gradient.load(parameters);
  }

  @Override
  public double step(Minibatch minibatch, long randomSeed) {
    double loss = gradient.compute(minibatch, randomSeed) + penalties();
    UpdateRule.Step step =
        new UpdateRule.Step(
            parameters,
            gradient.values(),
            scale(),
            updaterState,
            iteration,
            options.schedule().factor(iteration));
    for (Layer layer : stack.layers()) {
      int weightsEnd = layer.weights() + layer.weightCount();
      rule.update(step, layer.weights(), weightsEnd, layer.weightPenalty());
      rule.update(step, layer.biases(), layer.biases() + layer.out(), layer.biasPenalty());
    }
    gradient.load(parameters);
    iteration++;
    return loss;
  }

  @Override
  public TrainingState finish() {
    TrainingState state = new TrainingState(parameters, updaterState, iteration);
    parameters = null; // handed over: a step without a start fails
    updaterState = null;
    return state;
  }

  @Override
  public void close() {
    gradient.close();
  }

  /** What clipping multiplies the gradient by. */
  private float scale() {
    if (options.clipNorm() == 0) {
      return 1;
    }
    double norm = gradient.norm();
    return norm > options.clipNorm() ? (float) (options.clipNorm() / norm) : 1;
  }

  /** The penalties' part of the loss; decoupled weight decay has none. */
  private double penalties() {
    double sum = 0;
    for (int l = 0; l < stack.layers().size(); l++) {
      Layer layer = stack.layers().get(l);
      if (layer.weightPenalty().l2() != 0) {
        sum += layer.weightPenalty().l2() * gradient.halfSquaredNorm(l);
      }
      if (layer.biasPenalty().l2() != 0) {
        for (int i = layer.biases(); i < layer.biases() + layer.out(); i++) {
          sum += 0.5 * layer.biasPenalty().l2() * parameters[i] * parameters[i];
        }
      }
    }
    return sum;
  }
}

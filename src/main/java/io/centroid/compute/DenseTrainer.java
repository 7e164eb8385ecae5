package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import io.centroid.compute.DenseStack.Penalty;

/**
 * The fast local step, for {@link DenseStack}s, without allocation per step. Parameters and
 * gradient live in native memory, the update rule's state on the heap.
 *
 * <p>It computes what Deeplearning4j's {@code fit} does, in another order of summation, so results
 * agree to rounding and not to the bit; on one native thread they are the same bits on every run.
 */
final class DenseTrainer implements LocalTrainer {
  private final DenseStack stack;
  private final StepOptions options;
  private final DenseGradient gradient;
  private final DenseUpdate update;
  private int iteration;

  DenseTrainer(DenseStack stack, StepOptions options) {
    this.stack = stack;
    this.options = options;
    this.gradient = new DenseGradient(stack);
    this.update = new DenseUpdate(stack, gradient.parameters(), gradient.values());
  }

  @Override
  public void start(TrainingState state) {
    update.start(state);
    iteration = state.iteration();
  }

  @Override
  public double step(Minibatch minibatch, long randomSeed) {
    double loss = gradient.compute(minibatch, randomSeed) + penalties();
    update.apply(iteration, options.schedule().factor(iteration), scale());
    iteration++;
    return loss;
  }

  @Override
  public TrainingState finish() {
    return update.finish(iteration);
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
    for (Layer layer : stack.layers()) {
      sum += penalty(layer.weightPenalty(), layer.weights(), layer.weightCount());
      sum += penalty(layer.biasPenalty(), layer.biases(), layer.out());
    }
    return sum;
  }

  private double penalty(Penalty penalty, int from, int count) {
    return penalty.l2() == 0 ? 0 : penalty.l2() * gradient.halfSquaredNorm(from, count);
  }
}

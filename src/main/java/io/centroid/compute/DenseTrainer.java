package io.centroid.compute;

import io.centroid.example.Minibatch;

/**
 * The fast local step, for {@link DenseStack}s, without allocation per step. Parameters and
 * gradient live in native memory, the update rule's state on the heap.
 *
 * <p>It computes what Deeplearning4j's {@code fit} does, in another order of summation, so results
 * agree to rounding and not to the bit; on one native thread they are the same bits on every run.
 */
final class DenseTrainer implements LocalTrainer {
  private final StepOptions options;
  private final boolean clips;
  private final DenseGradient gradient;
  private final DenseUpdate update;
  private int iteration;

  DenseTrainer(DenseStack stack, StepOptions options) {
    this.options = options;
    this.clips = options.clipNorm() > 0;
    this.gradient = new DenseGradient(stack, clips);
    this.update = new DenseUpdate(stack, gradient);
  }

  @Override
  public void start(TrainingState state) {
    update.start(state);
    iteration = state.iteration();
  }

  @Override
  public double step(Minibatch minibatch, long randomSeed) {
    double penalty = gradient.parameters().penalty();
    double loss = clips ? clippedStep(minibatch, randomSeed) : plainStep(minibatch, randomSeed);
    iteration++;
    return loss + penalty;
  }

  @Override
  public TrainingState finish() {
    return update.state(iteration);
  }

  @Override
  public void close() {
    gradient.close();
  }

  /** Updates each part as soon as its gradient is there. */
  private double plainStep(Minibatch minibatch, long randomSeed) {
    update.begin(iteration, options.schedule().factor(iteration), 1);
    return gradient.compute(minibatch, randomSeed, update::apply);
  }

  /** Updates when the norm of the whole gradient is known. */
  private double clippedStep(Minibatch minibatch, long randomSeed) {
    double loss = gradient.compute(minibatch, randomSeed, part -> {});
    double norm = gradient.norm();
    float scale = norm > options.clipNorm() ? (float) (options.clipNorm() / norm) : 1;
    update.begin(iteration, options.schedule().factor(iteration), scale);
    gradient.parameters().parts().forEach(update::apply);
    return loss;
  }
}

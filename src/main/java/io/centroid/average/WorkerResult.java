package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.stream.IntStream;

/**
 * What one logical worker made of a round.
 *
 * @param index the worker
 * @param state its state after the round; empty when it had nothing left to train on
 * @param examples examples used
 * @param steps steps made
 * @param lossSum sum of the examples' losses
 * @param computeNanos nanoseconds of local training
 */
public record WorkerResult(
    int index, TrainingState state, long examples, long steps, double lossSum, long computeNanos)
    implements Contribution {

  static final TrainingState NOTHING = new TrainingState(new float[0], new float[0][], 0);

  /** The result of a worker that has nothing left to train on in this epoch: weight 0. */
  static WorkerResult idle(int worker) {
    return new WorkerResult(worker, NOTHING, 0, 0, 0, 0);
  }

  /** The same result with another state. */
  WorkerResult withState(TrainingState other) {
    return new WorkerResult(index, other, examples, steps, lossSum, computeNanos);
  }

  @Override
  public int[] lengths() {
    return examples == 0
        ? new int[0]
        : IntStream.rangeClosed(0, state.updaterState().length)
            .map(array -> values(array).length)
            .toArray();
  }

  @Override
  public int longestSteps() {
    return (int) steps;
  }

  @Override
  public long computeMaxNanos() {
    return computeNanos;
  }

  @Override
  public long computeSumNanos() {
    return computeNanos;
  }

  @Override
  public void add(int array, int from, int count, double[] sum) {
    float[] values = values(array);
    double weight = (double) examples;
    for (int i = 0; i < count; i++) {
      sum[i] += weight * values[from + i];
    }
  }

  /** The parameters, or a slot of updater state. */
  float[] values(int array) {
    return array == 0 ? state.parameters() : state.updaterState()[array - 1];
  }
}

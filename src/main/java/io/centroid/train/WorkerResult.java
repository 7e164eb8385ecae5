package io.centroid.train;

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
record WorkerResult(
    int index, TrainingState state, long examples, long steps, double lossSum, long computeNanos)
    implements Contribution {

  private static final TrainingState NOTHING = new TrainingState(new float[0], new float[0], 0);

  /** The result of a worker that has nothing left to train on in this epoch: weight 0. */
  static WorkerResult idle(int worker) {
    return new WorkerResult(worker, NOTHING, 0, 0, 0, 0);
  }

  @Override
  public int parameterCount() {
    return state.parameters().length;
  }

  @Override
  public int updaterStateCount() {
    return state.updaterState().length;
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
  public void addParameters(int from, double[] sum) {
    addWeighted((double) examples, state.parameters(), from, sum);
  }

  @Override
  public void addUpdaterState(int from, double[] sum) {
    addWeighted((double) examples, state.updaterState(), from, sum);
  }

  private static void addWeighted(double weight, float[] values, int from, double[] sum) {
    int length = Math.min(sum.length, values.length - from);
    for (int i = 0; i < length; i++) {
      sum[i] += weight * values[from + i];
    }
  }
}

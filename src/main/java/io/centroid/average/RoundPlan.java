package io.centroid.average;

import io.centroid.deal.ExampleOrder;
import java.io.Serializable;

/**
 * How an epoch is cut into rounds and minibatches; the same on driver and executors.
 *
 * @param examples N, examples of the epoch
 * @param workers W, logical workers
 * @param minibatchSize b, examples per step of one worker
 * @param averagingFrequency F, minibatches per worker per round
 * @param seed the training seed s
 */
public record RoundPlan(
    int examples, int workers, int minibatchSize, int averagingFrequency, long seed)
    implements Serializable {

  /**
   * The plan of an epoch, counted from 1, of a training whose first ones average after each
   * minibatch.
   *
   * @param warmUpEpochs how many do
   */
  public RoundPlan inEpoch(int epoch, int warmUpEpochs) {
    return epoch > warmUpEpochs ? this : new RoundPlan(examples, workers, minibatchSize, 1, seed);
  }

  /** Rounds of an epoch, so that the largest share is used up. */
  public int rounds() {
    long perRound = perWorker();
    return Math.toIntExact((shareSize(0) + perRound - 1) / perRound);
  }

  /** Steps of an epoch of the worker with the largest share. */
  public int stepsPerEpoch() {
    return (shareSize(0) + minibatchSize - 1) / minibatchSize;
  }

  /** Examples of a worker's share. */
  int shareSize(int worker) {
    return new ExampleOrder(examples, workers, seed).shareSize(worker);
  }

  /** The first place of a worker's order that belongs to {@code round}, counted from 0. */
  public int from(int worker, int round) {
    return (int) Math.min(shareSize(worker), round * perWorker());
  }

  /** Examples used in {@code round} by all workers. */
  public long examplesOf(int round) {
    long sum = 0;
    for (int worker = 0; worker < workers; worker++) {
      sum += from(worker, round + 1) - from(worker, round);
    }
    return sum;
  }

  /** Steps made in {@code round} by all workers. */
  public long steps(int round) {
    long sum = 0;
    for (int worker = 0; worker < workers; worker++) {
      sum += stepsOf(worker, round);
    }
    return sum;
  }

  /** Steps made in {@code round} by the worker with the largest share. */
  public int longestSteps(int round) {
    return stepsOf(0, round);
  }

  private int stepsOf(int worker, int round) {
    int examples = from(worker, round + 1) - from(worker, round);
    return (examples + minibatchSize - 1) / minibatchSize;
  }

  /** Examples that one worker uses in a full round. */
  private long perWorker() {
    return (long) minibatchSize * averagingFrequency;
  }
}

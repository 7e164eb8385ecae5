package io.centroid.train;

/** Is told of every round, on the driver, before the next one starts. */
@FunctionalInterface
public interface RoundListener {

  /**
   * A round is done.
   *
   * @param round its number in the epoch, from 1
   * @param rounds rounds of the epoch
   * @param examples examples trained on in this round
   * @param meanLoss mean training loss over them
   */
  void roundDone(int round, int rounds, long examples, double meanLoss);
}

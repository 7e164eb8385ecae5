package io.centroid.average;

/** Is told of every round, on the driver, before the next one starts. */
@FunctionalInterface
public interface RoundListener {
  /** Does not listen. */
  RoundListener NONE = (position, meanLoss) -> {};

  /**
   * A round is done.
   *
   * @param position the position after it
   * @param meanLoss mean training loss over the examples of this round
   */
  void roundDone(TrainingPosition position, double meanLoss);
}

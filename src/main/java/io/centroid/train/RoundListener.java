package io.centroid.train;

/** Is told of every round, on the driver, before the next one starts. */
@FunctionalInterface
public interface RoundListener {
  /** Does not listen. */
  RoundListener NONE = (position, examples, meanLoss) -> {};

  /**
   * A round is done.
   *
   * @param position the position after it
   * @param examples examples trained on in this round
   * @param meanLoss mean training loss over them
   */
  void roundDone(TrainingPosition position, long examples, double meanLoss);
}

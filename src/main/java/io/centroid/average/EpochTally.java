package io.centroid.average;

import io.centroid.example.Coverage;
import io.centroid.json.MayLack;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.List;

/**
 * What an epoch, or a part of one, came to.
 *
 * @param used which examples were trained on
 * @param weight the sum of their weights; 0, where examples have none, in checkpoints of before
 *     there were any
 * @param steps minibatches trained on, over all workers
 * @param lossSum sum of the examples' losses, each times its weight, as measured during the epoch
 * @param seconds time it took
 * @param rounds one entry for each round
 */
public record EpochTally(
    Coverage used,
    @MayLack double weight,
    long steps,
    double lossSum,
    double seconds,
    List<RoundTiming> rounds) {

  /** Of an epoch that has not begun. */
  static final EpochTally NOTHING = new EpochTally(Coverage.NONE, 0, 0, 0, 0, List.of());

  /** Of examples without weights, which is to say of 1 each, where none is told. */
  public EpochTally {
    weight = weight == 0 ? used.examples() : weight;
  }

  /** How many examples were trained on. */
  public long examples() {
    return used.examples();
  }

  /** Weighted mean loss over the examples. */
  public double meanLoss() {
    return lossSum / weight;
  }

  /**
   * With one round more.
   *
   * @param moreWeight of the examples that it used
   * @param moreSeconds since this tally was made
   */
  public EpochTally plus(
      Coverage moreUsed,
      double moreWeight,
      long moreSteps,
      double moreLoss,
      double moreSeconds,
      RoundTiming timing) {
    List<RoundTiming> all = new ArrayList<>(rounds);
    all.add(timing);
    return new EpochTally(
        used.plus(moreUsed),
        weight + moreWeight,
        steps + moreSteps,
        lossSum + moreLoss,
        seconds + moreSeconds,
        all);
  }
}

package io.centroid.average;

import io.centroid.example.Coverage;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.List;

/**
 * What an epoch, or a part of one, came to.
 *
 * @param used which examples were trained on
 * @param steps minibatches trained on, over all workers
 * @param lossSum sum of the examples' losses, as measured during the epoch
 * @param seconds time it took
 * @param rounds one entry for each round
 */
public record EpochTally(
    Coverage used, long steps, double lossSum, double seconds, List<RoundTiming> rounds) {

  /** Of an epoch that has not begun. */
  static final EpochTally NOTHING = new EpochTally(Coverage.NONE, 0, 0, 0, List.of());

  /** How many examples were trained on. */
  public long examples() {
    return used.examples();
  }

  /** Mean loss over the examples. */
  public double meanLoss() {
    return lossSum / examples();
  }

  /**
   * With one round more.
   *
   * @param moreSeconds since this tally was made
   */
  public EpochTally plus(
      Coverage moreUsed, long moreSteps, double moreLoss, double moreSeconds, RoundTiming timing) {
    List<RoundTiming> all = new ArrayList<>(rounds);
    all.add(timing);
    return new EpochTally(
        used.plus(moreUsed), steps + moreSteps, lossSum + moreLoss, seconds + moreSeconds, all);
  }
}

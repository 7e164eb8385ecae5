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
 * @param rounds where the time of its rounds went: an entry for each or, in an epoch of more than
 *     {@link #MOST_TIMINGS}, for each two, four, eight ... so that what is kept of a training does
 *     not grow with the number of its rounds
 */
public record EpochTally(
    Coverage used,
    @MayLack double weight,
    long steps,
    double lossSum,
    double seconds,
    List<RoundTiming> rounds) {

  /** So many entries tell of an epoch's rounds at most; even. */
  static final int MOST_TIMINGS = 1024;

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
    return new EpochTally(
        used.plus(moreUsed),
        weight + moreWeight,
        steps + moreSteps,
        lossSum + moreLoss,
        seconds + moreSeconds,
        withTiming(timing));
  }

  /** Entries, but for the last, are of equally many rounds. */
  private List<RoundTiming> withTiming(RoundTiming timing) {
    List<RoundTiming> all = new ArrayList<>(rounds);
    int last = all.size() - 1;
    if (last > 0 && all.get(last).rounds() < all.get(0).rounds()) {
      all.set(last, all.get(last).plus(timing));
      return all;
    }
    if (all.size() == MOST_TIMINGS) {
      for (int pair = 0; pair < MOST_TIMINGS / 2; pair++) {
        all.set(pair, all.get(2 * pair).plus(all.get(2 * pair + 1)));
      }
      all.subList(MOST_TIMINGS / 2, MOST_TIMINGS).clear();
    }
    all.add(timing);
    return all;
  }
}

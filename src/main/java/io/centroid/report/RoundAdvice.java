package io.centroid.report;

import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the next training could do better, from where the time of this one went.
 *
 * <p>A round takes o + F·c: c for each of a worker's F minibatches, and o around them, whatever F
 * is. Both were measured in this training, on this cluster.
 */
public final class RoundAdvice {
  /** Where the outside of a round should be no more than a fifth of it. */
  private static final double COMPUTE_TO_OUTSIDE = 4;

  /**
   * With 4 and with 16 workers, and rounds of 25 minibatches, this outer step was more accurate
   * than plain averaging ({@code docs/scaling.md}).
   */
  private static final int MANY_WORKERS = 4;

  private static final int LONG_ROUNDS = 25;

  private RoundAdvice() {}

  /**
   * Lines of advice; none where there is nothing to say.
   *
   * @param averaging how rounds were made
   * @param workers how many made them
   */
  public static List<String> of(TimeBreakdown time, AveragingSettings averaging, int workers) {
    List<String> advice = new ArrayList<>();
    boolean alike = averaging.warmUpEpochs() == 0; // else rounds are of two lengths
    if (time.computeShare() < 0.5 && alike) {
      double outsideToCompute = 1 / time.computeShare() - 1;
      advice.add(
          "Most of the time went outside compute, as much in a round however long it is:\nwith averaging.frequency = %d it would be a fifth."
              .formatted(roundedUp(COMPUTE_TO_OUTSIDE * outsideToCompute * averaging.frequency())));
    }
    if (workers >= MANY_WORKERS
        && averaging.frequency() >= LONG_ROUNDS
        && averaging.engine() == EngineKind.CENTROID
        && averaging.outer().equals(OuterSettings.PLAIN)) {
      advice.add(
          "%d workers that average every %d minibatches lose accuracy, less with\naveraging.outer-momentum = 0.9, averaging.outer-nesterov = true and\naveraging.outer-learning-rate = 0.7."
              .formatted(workers, averaging.frequency()));
    }
    return advice;
  }

  /** To two digits, which is what it is known to. */
  private static long roundedUp(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(2, RoundingMode.CEILING)).longValue();
  }
}

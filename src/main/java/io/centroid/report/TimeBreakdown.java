package io.centroid.report;

import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Where the time of a training went, over all rounds, in seconds.
 *
 * @param rounds how many rounds there were
 * @param broadcast making states ready to be sent
 * @param compute local training
 * @param collect the rest of the Spark jobs: scheduling, states down, results up
 * @param average averaging on the driver
 */
public record TimeBreakdown(
    long rounds, double broadcast, double compute, double collect, double average) {

  /** Of a history; nothing when the engine does not tell its compute time, as the stock one. */
  public static Optional<TimeBreakdown> of(List<EpochRecord> history) {
    List<RoundTiming> rounds = history.stream().flatMap(epoch -> epoch.rounds().stream()).toList();
    TimeBreakdown breakdown =
        new TimeBreakdown(
            rounds.size(),
            sum(rounds, RoundTiming::broadcast),
            sum(rounds, RoundTiming::compute),
            sum(rounds, RoundTiming::collect),
            sum(rounds, RoundTiming::average));
    return breakdown.compute > 0 ? Optional.of(breakdown) : Optional.empty();
  }

  /** Share of the rounds' time that workers computed, 0 to 1. */
  public double computeShare() {
    return compute / (broadcast + compute + collect + average);
  }

  /** One line, and one more with advice when more than half of the time went outside compute. */
  public String render() {
    double total = broadcast + compute + collect + average;
    String line =
        String.format(
            Locale.ROOT,
            "%,d rounds: compute %.0f %%, broadcast %.0f %%, collect %.0f %%, average %.0f %%",
            rounds,
            100 * compute / total,
            100 * broadcast / total,
            100 * collect / total,
            100 * average / total);
    return computeShare() < 0.5
        ? line + "\nMost of the time went outside compute: raise averaging.frequency."
        : line;
  }

  private static double sum(List<RoundTiming> rounds, ToDoubleFunction<RoundTiming> part) {
    return rounds.stream().mapToDouble(part).sum();
  }
}

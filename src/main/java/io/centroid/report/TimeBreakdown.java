package io.centroid.report;

import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the time of a training went, over all rounds.
 *
 * @param rounds how many there were
 * @param parts seconds, by {@link RoundTiming#parts}
 */
public record TimeBreakdown(long rounds, Map<String, Double> parts) {

  /** Of a history; nothing when the engine does not tell its compute time, as the stock one. */
  public static Optional<TimeBreakdown> of(List<EpochRecord> history) {
    List<RoundTiming> rounds = history.stream().flatMap(epoch -> epoch.rounds().stream()).toList();
    Map<String, Double> parts = new LinkedHashMap<>();
    rounds.forEach(
        round -> round.parts().forEach((part, seconds) -> parts.merge(part, seconds, Double::sum)));
    return parts.getOrDefault("compute", 0.0) > 0
        ? Optional.of(
            new TimeBreakdown(history.stream().mapToLong(EpochRecord::roundsDone).sum(), parts))
        : Optional.empty();
  }

  /** Share of the rounds' time that workers computed, 0 to 1. */
  public double computeShare() {
    return parts.get("compute") / parts.values().stream().mapToDouble(part -> part).sum();
  }

  /** One line. */
  public String render() {
    double total = parts.get("compute") / computeShare();
    return parts.entrySet().stream()
        .map(
            part ->
                String.format(
                    Locale.ROOT, "%s %.0f %%", part.getKey(), 100 * part.getValue() / total))
        .collect(Collectors.joining(", ", String.format(Locale.ROOT, "%,d rounds: ", rounds), ""));
  }
}

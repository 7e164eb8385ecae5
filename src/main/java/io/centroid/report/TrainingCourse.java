package io.centroid.report;

import io.centroid.config.Settings;
import io.centroid.json.Json;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a training went, or goes so far, as pages show it.
 *
 * @param history epoch by epoch, at least one
 * @param bestEpoch the best one, from 1
 * @param settings every setting, as {@code settings.conf} has it
 * @param summary Keras' table of the network
 */
record TrainingCourse(List<EpochRecord> history, int bestEpoch, String settings, String summary) {
  private static final double MILLIS = 1e3;

  /** What the templates' parts {@code curves}, {@code times} and {@code settings} call by name. */
  Map<String, Object> model() {
    Map<String, Object> model = new HashMap<>();
    model.put("history", Json.tree(history));
    model.put("bestEpoch", bestEpoch);
    model.put("imagesPerSecond", imagesPerSecond());
    model.put("settings", settings);
    model.put("changed", changed());
    model.put("summary", summary);
    TimeBreakdown.of(history)
        .ifPresent(
            time -> {
              model.put("time", Json.tree(time));
              model.put("computeShare", time.computeShare());
            });
    return model;
  }

  /** What {@code charts.js} draws of it. */
  Map<String, Object> figures() {
    boolean validated = history.get(0).validationAccuracy() != null;
    return Map.of(
        "epochs",
        history.stream().map(EpochRecord::epoch).toList(),
        "best",
        bestEpoch,
        "trainingLoss",
        history.stream().map(EpochRecord::trainingLoss).toList(),
        "validationLoss",
        validated ? history.stream().map(EpochRecord::validationLoss).toList() : List.of(),
        "validationAccuracy",
        validated
            ? history.stream().map(epoch -> 100 * epoch.validationAccuracy()).toList()
            : List.of(),
        "parts",
        RoundTiming.PARTS,
        "rounds",
        meanMillis());
  }

  private double imagesPerSecond() {
    return history.stream().mapToLong(EpochRecord::examples).sum()
        / history.stream().mapToDouble(EpochRecord::seconds).sum();
  }

  private List<String> changed() {
    Set<String> defaults = Set.copyOf(Settings.defaults().render().lines().toList());
    return settings.lines().filter(line -> !defaults.contains(line)).toList();
  }

  /** Of each epoch's rounds, by part. */
  private Map<String, List<Double>> meanMillis() {
    return RoundTiming.PARTS.stream()
        .collect(
            Collectors.toMap(
                part -> part,
                part ->
                    history.stream()
                        .map(
                            epoch ->
                                epoch.rounds().stream()
                                        .mapToDouble(round -> MILLIS * round.parts().get(part))
                                        .sum()
                                    / Math.max(1, epoch.roundsDone()))
                        .toList()));
  }
}

package io.centroid.report;

import io.centroid.error.JobException;
import io.centroid.evaluate.McNemar;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.json.Json;
import io.centroid.publish.WholeFile;
import io.centroid.report.ComparedRun.Tested;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Finished runs side by side: a page that needs no other and no network. Every run is compared with
 * the first one. Runs are called A, B, C, ... in their order.
 *
 * @param runs two to 26 of them
 */
public record RunComparison(List<ComparedRun> runs) {
  /** How many runs can be compared at once: as many as there are letters. */
  public static final int MOST = 26;

  /**
   * A setting, or another circumstance, that is not the same in all runs.
   *
   * @param name of the setting
   * @param values of the runs, in their order; null where a run knows no such setting
   */
  record Difference(String name, List<String> values) {}

  /**
   * Reads runs.
   *
   * @throws JobException with category SETTINGS when there are fewer than two, too many, or the
   *     same one twice; DATA when one is not there, not finished, or damaged
   */
  public static RunComparison read(List<Path> directories, Configuration hadoop)
      throws IOException {
    if (directories.size() < 2 || directories.size() > MOST) {
      throw JobException.settings(
          "Cannot compare runs: found %d, expected 2 to %d.".formatted(directories.size(), MOST));
    }
    Set<Path> seen = new HashSet<>();
    List<ComparedRun> runs = new ArrayList<>();
    for (Path directory : directories) {
      ComparedRun run = ComparedRun.read(directory, hadoop);
      if (!seen.add(run.path())) {
        throw JobException.settings(
            "Cannot compare %s: found it twice, expected different runs.".formatted(run.path()));
      }
      runs.add(run);
    }
    return new RunComparison(List.copyOf(runs));
  }

  /**
   * Writes the page, in the place of one that is there.
   *
   * @throws JobException with category SETTINGS when something else is there
   */
  public void write(Path page, Configuration hadoop) throws IOException {
    WholeFile.requireReplaceable(page, "a comparison", "--output", Page::isOne, hadoop);
    WholeFile.replace(page, render(), hadoop);
  }

  /** What a run is called: A, B, C, ... */
  static String letter(int run) {
    return String.valueOf((char) ('A' + run));
  }

  /** Titles of data that stands in for the real one, and the letters of the runs made of it. */
  Map<String, String> standIns() {
    Map<String, String> letters = new LinkedHashMap<>();
    for (int run = 0; run < runs.size(); run++) {
      if (runs.get(run).isOfStandIn()) {
        letters.merge(
            runs.get(run).metrics().dataset(), letter(run), (all, next) -> all + ", " + next);
      }
    }
    return letters;
  }

  /** What is not the same in all runs, settings first. */
  List<Difference> differences() {
    List<Map<String, String>> circumstances =
        runs.stream().map(ComparedRun::circumstances).toList();
    Set<String> names = new LinkedHashSet<>();
    circumstances.forEach(of -> names.addAll(of.keySet()));
    return names.stream()
        .map(
            name ->
                new Difference(
                    name,
                    Collections.unmodifiableList(
                        circumstances.stream()
                            .map(of -> of.get(name))
                            .collect(Collectors.toList()))))
        .filter(difference -> Set.copyOf(presented(difference)).size() > 1)
        .toList();
  }

  private static List<String> presented(Difference difference) {
    return difference.values().stream().map(String::valueOf).toList();
  }

  /** The tests of all runs but the first one against it, in their order. */
  List<Tested> tests() {
    return runs.stream().skip(1).map(run -> run.against(runs.get(0))).toList();
  }

  /** The names of the first run's classes, in label order. */
  List<String> classes() {
    return runs.get(0).metrics().perClass().stream().map(ClassMetrics::name).toList();
  }

  /**
   * What a run comes to on each class of the first one.
   *
   * @return numbers in label order; null where the run has no such class
   */
  List<Double> byClass(int run, ToDoubleFunction<ClassMetrics> what) {
    List<ClassMetrics> classes = runs.get(run).metrics().perClass();
    Double[] values = new Double[classes().size()];
    for (int label = 0; label < Math.min(values.length, classes.size()); label++) {
      values[label] = what.applyAsDouble(classes.get(label));
    }
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  /** The page. */
  String render() throws IOException {
    int epochs = runs.stream().mapToInt(run -> run.history().size()).max().orElseThrow();
    Map<String, Object> model = new HashMap<>();
    model.put("runs", IntStream.range(0, runs.size()).mapToObj(this::model).toList());
    model.put("epochs", epochs);
    model.put("standIns", standIns());
    model.put("differences", Json.tree(differences()));
    model.put("classes", classes());
    model.put("parts", RoundTiming.PARTS);
    model.put("validated", runs.stream().anyMatch(RunComparison::isValidated));
    Map<String, Object> figures = new HashMap<>();
    figures.put("epochs", IntStream.rangeClosed(1, epochs).boxed().toList());
    figures.put("classes", classes());
    figures.put("parts", RoundTiming.PARTS);
    figures.put("runs", IntStream.range(0, runs.size()).mapToObj(this::figures).toList());
    return Page.render("compare.ftlh", model, figures);
  }

  private static boolean isValidated(ComparedRun run) {
    return run.history().get(0).validationAccuracy() != null;
  }

  private Map<String, Object> model(int index) {
    ComparedRun run = runs.get(index);
    Map<String, Object> model = new HashMap<>();
    model.put("letter", letter(index));
    model.put("name", run.name());
    model.put("path", run.path().toString());
    model.put("outcome", Json.tree(run.outcome()));
    model.put("metrics", Json.tree(run.metrics()));
    model.put("history", Json.tree(run.history()));
    model.put("finished", run.provenance().finished());
    model.put("seconds", run.seconds());
    TimeBreakdown.of(run.history()).ifPresent(time -> model.put("time", Json.tree(time)));
    model.put("recall", byClass(index, ClassMetrics::recall));
    model.put("precision", byClass(index, ClassMetrics::precision));
    if (index > 0) {
      model.put("tested", tested(run.against(runs.get(0))));
    }
    return model;
  }

  private static Map<String, Object> tested(Tested tested) {
    Map<String, Object> model = new HashMap<>();
    model.put("problem", tested.problem());
    tested.test().ifPresent(test -> model.putAll(numbers(test)));
    return model;
  }

  private static Map<String, Object> numbers(McNemar test) {
    return Map.of(
        "images", test.images(),
        "onlyRun", test.onlyFirst(),
        "onlyFirst", test.onlySecond(),
        "difference", test.accuracyDifference(),
        "midP", test.midPValue(),
        "exactP", test.exactPValue());
  }

  private Map<String, Object> figures(int index) {
    ComparedRun run = runs.get(index);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("label", letter(index));
    figures.put("best", run.outcome().bestEpoch());
    figures.put("trainingLoss", byEpoch(run, EpochRecord::trainingLoss));
    figures.put("validationLoss", byEpoch(run, EpochRecord::validationLoss));
    figures.put(
        "validationAccuracy",
        byEpoch(
            run,
            epoch -> epoch.validationAccuracy() == null ? null : 100 * epoch.validationAccuracy()));
    figures.put("accuracy", 100 * run.metrics().accuracy());
    figures.put("interval", percent(run.metrics().accuracyInterval95()));
    figures.put("recall", percent(byClass(index, ClassMetrics::recall)));
    figures.put("precision", percent(byClass(index, ClassMetrics::precision)));
    figures.put("time", TimeBreakdown.of(run.history()).map(Json::tree).orElse(null));
    return figures;
  }

  private static List<Double> byEpoch(ComparedRun run, Function<EpochRecord, Double> what) {
    return run.history().stream().map(what).collect(Collectors.toList()); // with nulls
  }

  private static List<Double> percent(List<Double> shares) {
    return shares.stream()
        .map(share -> share == null ? null : 100 * share)
        .collect(Collectors.toList()); // with nulls
  }
}

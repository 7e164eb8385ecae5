package io.centroid.report;

import io.centroid.evaluate.McNemar;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.report.ComparedRun.Tested;
import io.centroid.report.RunComparison.Difference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.lang3.StringUtils;

/** Runs side by side as text, 80 columns wide. */
public final class ComparisonTable {
  private static final int NAME = 16;
  private static final int CLASS = 12;
  private static final int SETTING = 38;
  private static final int RUNS = 11;
  private static final int VALUE = 80 - SETTING - RUNS - 2;

  /** Classes of more runs than these do not fit in a line. */
  private static final int RUNS_BY_CLASS = 8;

  private final RunComparison comparison;
  private final StringBuilder text = new StringBuilder();

  private ComparisonTable(RunComparison comparison) {
    this.comparison = comparison;
  }

  /** The tables, ending in a line break. */
  public static String render(RunComparison comparison) {
    ComparisonTable table = new ComparisonTable(comparison);
    table.results();
    table.times();
    table.tests();
    table.differences();
    table.recalls();
    return table.text.toString();
  }

  private void results() {
    Map<String, String> standIns = comparison.standIns();
    standIns.forEach(
        (title, letters) -> line("%s: %s. It says nothing of real images.", letters, title));
    if (!standIns.isEmpty()) {
      line("");
    }
    String row = "%s  %-16s  %10s  %-20s  %8s  %8s  %5s";
    line(row, " ", "run", "test split", "95 % interval", "loss", "macro-F1", "epoch");
    each(
        (letter, run) ->
            line(
                row,
                letter,
                StringUtils.abbreviate(run.name(), NAME),
                percent(run.metrics().accuracy()),
                percent(run.metrics().accuracyInterval95().get(0))
                    + " to "
                    + percent(run.metrics().accuracyInterval95().get(1)),
                number("%.4f", run.metrics().loss()),
                number("%.4f", run.metrics().macroF1()),
                run.outcome().bestEpoch()));
  }

  private void times() {
    String row = "%s  %9s  %11s  %9s  %9s  %9s  %9s  %7s";
    line("");
    line(
        row,
        " ",
        "total, s",
        "training, s",
        "images/s",
        "broadcast",
        "compute",
        "collect",
        "average");
    each(
        (letter, run) -> {
          TimeBreakdown time = TimeBreakdown.of(run.history()).orElse(null);
          line(
              row,
              letter,
              number("%,.1f", run.seconds()),
              number("%,.1f", run.outcome().trainSeconds()),
              number("%,.0f", run.outcome().imagesPerSecond()),
              time == null ? "-" : number("%,.1f", time.broadcast()),
              time == null ? "-" : number("%,.1f", time.compute()),
              time == null ? "-" : number("%,.1f", time.collect()),
              time == null ? "-" : number("%,.1f", time.average()));
        });
  }

  private void tests() {
    line("");
    line("McNemar's test against A, on the same test images");
    String row = "%s  %10s  %13s  %13s  %14s  %12s";
    line(row, " ", "difference", "right: only A", "only this run", "p, mid", "p, exact");
    List<Tested> tests = comparison.tests();
    for (int i = 0; i < tests.size(); i++) {
      String letter = RunComparison.letter(i + 1);
      Tested tested = tests.get(i);
      if (tested.test().isEmpty()) {
        line("%s  %s", letter, tested.problem());
      } else {
        McNemar test = tested.test().get();
        line(
            row,
            letter,
            number("%+.2f", 100 * test.accuracyDifference()),
            number("%,d", test.onlySecond()),
            number("%,d", test.onlyFirst()),
            number("%.3g", test.midPValue()),
            number("%.3g", test.exactPValue()));
      }
    }
  }

  private void differences() {
    line("");
    List<Difference> differences = comparison.differences();
    line(differences.isEmpty() ? "No setting differs." : "What differs");
    for (Difference difference : differences) {
      String name = difference.name();
      for (Map.Entry<String, String> value : lettersByValue(difference).entrySet()) {
        line(
            "%-" + SETTING + "s %-" + RUNS + "s %s",
            StringUtils.abbreviate(name, SETTING),
            value.getValue(),
            StringUtils.abbreviate(value.getKey(), VALUE));
        name = "";
      }
    }
  }

  private static Map<String, String> lettersByValue(Difference difference) {
    Map<String, String> letters = new LinkedHashMap<>();
    for (int run = 0; run < difference.values().size(); run++) {
      String value = difference.values().get(run);
      letters.merge(value == null ? "-" : value, RunComparison.letter(run), String::concat);
    }
    return letters;
  }

  private void recalls() {
    List<ComparedRun> runs = comparison.runs();
    if (runs.size() > RUNS_BY_CLASS) {
      return;
    }
    line("");
    line("Recall by class in %, and how much more the others have");
    StringBuilder header = new StringBuilder(" ".repeat(CLASS));
    for (int run = 0; run < runs.size(); run++) {
      header.append(number("%8s", RunComparison.letter(run)));
    }
    line("%s", header);
    List<Double> first = comparison.byClass(0, ClassMetrics::recall);
    for (int label = 0; label < first.size(); label++) {
      StringBuilder row =
          new StringBuilder(
              number("%-12s", StringUtils.abbreviate(comparison.classes().get(label), CLASS)));
      row.append(number("%8.1f", 100 * first.get(label)));
      for (int run = 1; run < runs.size(); run++) {
        Double recall = comparison.byClass(run, ClassMetrics::recall).get(label);
        row.append(
            recall == null
                ? number("%8s", "-")
                : number("%+8.1f", 100 * (recall - first.get(label))));
      }
      line("%s", row);
    }
  }

  /** Does something for every run, with its letter. */
  @FunctionalInterface
  private interface ForRun {
    void accept(String letter, ComparedRun run);
  }

  private void each(ForRun what) {
    for (int run = 0; run < comparison.runs().size(); run++) {
      what.accept(RunComparison.letter(run), comparison.runs().get(run));
    }
  }

  private static String percent(double share) {
    return number("%.2f %%", 100 * share);
  }

  private static String number(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** Names and values may hold anything; on a terminal they must not. */
  private void line(String format, Object... arguments) {
    String line = arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
    text.append(line.replaceAll("\\p{Cntrl}", " ").stripTrailing()).append('\n');
  }
}

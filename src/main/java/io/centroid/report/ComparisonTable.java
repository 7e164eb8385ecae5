package io.centroid.report;

import static io.centroid.job.TextTable.cell;

import io.centroid.evaluate.McNemar;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.job.Terminal;
import io.centroid.job.TextTable;
import io.centroid.report.ComparedRun.Tested;
import io.centroid.report.RunComparison.Difference;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs side by side as text, 80 columns wide. */
public final class ComparisonTable {
  private static final int NAME = 16;
  private static final int SETTING = 38;
  private static final int RUNS = 11;
  private static final int VALUE = 80 - SETTING - RUNS - 4;

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
        (title, letters) -> line(letters + ": " + title + ". It says nothing of real images."));
    if (!standIns.isEmpty()) {
      line("");
    }
    TextTable table =
        new TextTable()
            .left(" ")
            .left("run", NAME)
            .right("test split")
            .left("95 % interval")
            .right("loss")
            .right("macro-F1")
            .right("epoch");
    each(
        (letter, run) ->
            table.row(
                letter,
                run.name(),
                percent(run.metrics().accuracy()),
                percent(run.metrics().accuracyInterval95().get(0))
                    + " to "
                    + percent(run.metrics().accuracyInterval95().get(1)),
                cell("%.4f", run.metrics().loss()),
                cell("%.4f", run.metrics().macroF1()),
                run.outcome().bestEpoch()));
    text.append(table.render());
  }

  private void times() {
    line("");
    TextTable table =
        new TextTable().left(" ").right("total, s").right("training, s").right("images/s");
    RoundTiming.PARTS.forEach(table::right);
    each(
        (letter, run) -> {
          List<Object> cells =
              new ArrayList<>(
                  List.of(
                      letter,
                      cell("%,.1f", run.seconds()),
                      cell("%,.1f", run.outcome().trainSeconds()),
                      cell("%,.0f", run.outcome().imagesPerSecond())));
          Optional<TimeBreakdown> time = TimeBreakdown.of(run.history());
          RoundTiming.PARTS.forEach(
              part -> cells.add(cell("%,.1f", time.map(t -> t.parts().get(part)).orElse(null))));
          table.row(cells.toArray());
        });
    text.append(table.render());
  }

  private void tests() {
    line("");
    line("McNemar's test against A, on the same test images");
    TextTable table =
        new TextTable()
            .left(" ")
            .right("difference")
            .right("right: only A")
            .right("only this run")
            .right("p, mid")
            .right("p, exact");
    List<String> problems = new ArrayList<>();
    List<Tested> tests = comparison.tests();
    for (int i = 0; i < tests.size(); i++) {
      String letter = RunComparison.letter(i + 1);
      Tested tested = tests.get(i);
      if (tested.test().isEmpty()) {
        problems.add(letter + ": " + tested.problem());
      } else {
        McNemar test = tested.test().get();
        table.row(
            letter,
            cell("%+.2f", 100 * test.accuracyDifference()),
            cell("%,d", test.onlySecond()),
            cell("%,d", test.onlyFirst()),
            cell("%.3g", test.midPValue()),
            cell("%.3g", test.exactPValue()));
      }
    }
    if (problems.size() < tests.size()) {
      text.append(table.render());
    }
    problems.forEach(this::line);
  }

  private void differences() {
    line("");
    List<Difference> differences = comparison.differences();
    if (differences.isEmpty()) {
      line("No setting differs.");
      return;
    }
    TextTable table =
        new TextTable().left("What differs", SETTING).left("runs", RUNS).left("", VALUE);
    for (Difference difference : differences) {
      String name = difference.name();
      for (Map.Entry<String, String> value : lettersByValue(difference).entrySet()) {
        table.row(name, value.getValue(), value.getKey());
        name = "";
      }
    }
    text.append(table.render());
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
    TextTable table = new TextTable().left("");
    each((letter, run) -> table.right(letter));
    List<Double> first = comparison.byClass(0, ClassMetrics::recall);
    for (int label = 0; label < first.size(); label++) {
      List<Object> row = new ArrayList<>(List.of(comparison.classes().get(label)));
      row.add(cell("%.1f", 100 * first.get(label)));
      for (int run = 1; run < runs.size(); run++) {
        Double recall = comparison.byClass(run, ClassMetrics::recall).get(label);
        row.add(cell("%+.1f", recall == null ? null : 100 * (recall - first.get(label))));
      }
      table.row(row.toArray());
    }
    text.append(table.render());
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
    return cell("%.2f %%", 100 * share);
  }

  private void line(String line) {
    text.append(Terminal.printable(line)).append('\n');
  }
}

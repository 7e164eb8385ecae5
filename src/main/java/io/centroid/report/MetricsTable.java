package io.centroid.report;

import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.job.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/** Metrics as text, at most 80 columns wide. */
public final class MetricsTable {
  /** Letters of a class over its column in the confusion matrix. */
  private static final int LETTERS = 5;

  /** Lines for what is worst of many classes. */
  private static final int WORST = 10;

  private MetricsTable() {}

  /** The metrics, ending in a line break. */
  public static String render(Metrics metrics) {
    return String.format(
            Locale.ROOT,
            """
            %s split of %s, %,d %s%s
            accuracy %.2f %% (95 %% interval %.2f to %.2f)
            %sloss %.4f, macro-F1 %.4f
            """,
            metrics.split(),
            metrics.dataset(),
            metrics.examples(),
            metrics.things(),
            metrics.weight() == null
                ? ""
                : String.format(Locale.ROOT, ", weighted %,.1f in all", metrics.weight()),
            100 * metrics.accuracy(),
            100 * metrics.accuracyInterval95().get(0),
            100 * metrics.accuracyInterval95().get(1),
            top3(metrics),
            metrics.loss(),
            metrics.macroF1())
        + imbalance(metrics)
        + "\n"
        + (Confusions.isSmall(metrics) ? all(metrics) : worst(metrics));
  }

  /** Of three classes it is 1. */
  private static String top3(Metrics metrics) {
    return metrics.perClass().size() <= 3
        ? ""
        : String.format(Locale.ROOT, "top-3 accuracy %.2f %%, ", 100 * metrics.top3Accuracy());
  }

  /** With as many examples of every class this is the accuracy. */
  private static String imbalance(Metrics metrics) {
    return metrics.balancedAccuracy() == null || Confusions.isBalanced(metrics)
        ? ""
        : String.format(
            Locale.ROOT,
            "balanced accuracy %.2f %%, the mean of the classes' recalls%n",
            100 * metrics.balancedAccuracy());
  }

  private static String all(Metrics metrics) {
    return byClass(metrics.perClass()).render()
        + "\nconfusion matrix: rows are the truth, columns the prediction\n"
        + confusion(metrics).render();
  }

  private static String worst(Metrics metrics) {
    TextTable pairs = new TextTable().left("class").left("taken for").right("times");
    for (Confusions.Pair pair : Confusions.worstPairs(metrics, WORST)) {
      pairs.row(
          metrics.perClass().get(pair.truth()).name(),
          metrics.perClass().get(pair.prediction()).name(),
          TextTable.cell("%,d", pair.count()));
    }
    return "the %d of %,d classes that are told worst\n".formatted(WORST, metrics.perClass().size())
        + byClass(Confusions.worstClasses(metrics, WORST)).render()
        + "\n"
        + pairs.render();
  }

  private static TextTable byClass(List<ClassMetrics> classes) {
    TextTable table =
        new TextTable()
            .left("class")
            .right("precision")
            .right("recall")
            .right("F1")
            .right("support");
    for (ClassMetrics row : classes) {
      table.row(
          row.name(),
          TextTable.cell("%.4f", row.precision()),
          TextTable.cell("%.4f", row.recall()),
          TextTable.cell("%.4f", row.f1()),
          TextTable.cell("%,d", row.support()));
    }
    return table;
  }

  private static TextTable confusion(Metrics metrics) {
    TextTable table = new TextTable().left("");
    for (ClassMetrics column : metrics.perClass()) {
      table.right(StringUtils.truncate(column.name(), LETTERS));
    }
    for (int truth = 0; truth < metrics.confusion().size(); truth++) {
      List<Object> row = new ArrayList<>(List.of(metrics.perClass().get(truth).name()));
      row.addAll(metrics.confusion().get(truth));
      table.row(row.toArray());
    }
    return table;
  }
}

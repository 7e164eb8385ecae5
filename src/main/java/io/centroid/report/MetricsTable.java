package io.centroid.report;

import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.Metrics.ClassMetrics;
import java.util.List;
import java.util.Locale;

/** Metrics as text, at most 80 columns wide. */
public final class MetricsTable {
  private MetricsTable() {}

  /** The metrics, ending in a line break. */
  public static String render(Metrics metrics) {
    StringBuilder text = new StringBuilder();
    line(
        text, "%s split of %s, %,d images", metrics.split(), metrics.dataset(), metrics.examples());
    line(
        text,
        "accuracy %.2f %% (95 %% interval %.2f to %.2f)",
        100 * metrics.accuracy(),
        100 * metrics.accuracyInterval95().get(0),
        100 * metrics.accuracyInterval95().get(1));
    line(
        text,
        "top-3 accuracy %.2f %%, loss %.4f, macro-F1 %.4f",
        100 * metrics.top3Accuracy(),
        metrics.loss(),
        metrics.macroF1());
    line(text, "");
    line(text, "%-12s %9s %9s %9s %9s", "class", "precision", "recall", "F1", "support");
    for (ClassMetrics row : metrics.perClass()) {
      line(
          text,
          "%-12s %9.4f %9.4f %9.4f %,9d",
          row.name(),
          row.precision(),
          row.recall(),
          row.f1(),
          row.support());
    }
    line(text, "");
    line(text, "confusion matrix: rows are the truth, columns the prediction");
    StringBuilder header = new StringBuilder(" ".repeat(12));
    for (ClassMetrics column : metrics.perClass()) {
      header.append(String.format(Locale.ROOT, " %5.5s", column.name()));
    }
    line(text, header.toString());
    for (int truth = 0; truth < metrics.confusion().size(); truth++) {
      StringBuilder row =
          new StringBuilder(String.format("%-12s", metrics.perClass().get(truth).name()));
      for (long count : rowOf(metrics, truth)) {
        row.append(String.format(Locale.ROOT, " %5d", count));
      }
      line(text, row.toString());
    }
    return text.toString();
  }

  private static List<Long> rowOf(Metrics metrics, int truth) {
    return metrics.confusion().get(truth);
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    String line = arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
    text.append(line.stripTrailing()).append('\n');
  }
}

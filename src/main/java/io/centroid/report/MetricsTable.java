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

  private MetricsTable() {}

  /** The metrics, ending in a line break. */
  public static String render(Metrics metrics) {
    return String.format(
            Locale.ROOT,
            """
            %s split of %s, %,d images
            accuracy %.2f %% (95 %% interval %.2f to %.2f)
            top-3 accuracy %.2f %%, loss %.4f, macro-F1 %.4f
            """,
            metrics.split(),
            metrics.dataset(),
            metrics.examples(),
            100 * metrics.accuracy(),
            100 * metrics.accuracyInterval95().get(0),
            100 * metrics.accuracyInterval95().get(1),
            100 * metrics.top3Accuracy(),
            metrics.loss(),
            metrics.macroF1())
        + "\n"
        + byClass(metrics.perClass()).render()
        + "\nconfusion matrix: rows are the truth, columns the prediction\n"
        + confusion(metrics).render();
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

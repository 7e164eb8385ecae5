package io.centroid.report;

import io.centroid.data.Choice;
import io.centroid.data.DataSetName;
import io.centroid.run.RunSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/** A list of runs as text, 80 columns wide. */
public final class RunTable {
  private static final String ROW = "%-12s  %-17s  %-8s  %5s  %8s  %8s  %s";
  private static final int NAME = 12;
  private static final int DATASET = 8;
  private static final int LINE = 80;

  private RunTable() {}

  /** The table, ending in a line break, and what has to be said of its rows. */
  public static String render(List<RunSummary> runs) {
    StringBuilder text = new StringBuilder();
    line(text, ROW, "run", "when", "data set", "epoch", "accuracy", "images/s", "status");
    for (RunSummary run : runs) {
      line(
          text,
          ROW,
          StringUtils.abbreviate(run.run(), NAME),
          run.when() == null ? "-" : minutes(run.when()),
          run.dataset() == null ? "-" : StringUtils.abbreviate(shortName(run.dataset()), DATASET),
          cell("%d", run.epoch()),
          cell("%.2f %%", run.testAccuracy() == null ? null : 100 * run.testAccuracy()),
          cell("%,.0f", run.imagesPerSecond()),
          Choice.name(run.status()));
    }
    if (runs.stream().anyMatch(run -> DataSetName.STAND_IN.title().equals(run.dataset()))) {
      line(text, "stand-in: generated data, not CIFAR-10; accuracies say nothing of real images");
    }
    for (RunSummary run : runs) {
      if (run.problem() != null) {
        line(text, "%s", StringUtils.abbreviate(run.run() + ": " + run.problem(), LINE));
      }
    }
    return text.toString();
  }

  private static String minutes(String time) {
    return Instant.parse(time).truncatedTo(ChronoUnit.MINUTES).toString().replace(":00Z", "Z");
  }

  private static String shortName(String title) {
    return title.equals(DataSetName.STAND_IN.title()) ? Choice.name(DataSetName.STAND_IN) : title;
  }

  private static String cell(String format, Number value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  /** Names of directories may hold anything; on a terminal they must not. */
  private static void line(StringBuilder text, String format, Object... arguments) {
    String line = String.format(Locale.ROOT, format, arguments);
    text.append(line.replaceAll("\\p{Cntrl}", " ").stripTrailing()).append('\n');
  }
}

package io.centroid.report;

import io.centroid.cifar.StandInImages;
import io.centroid.data.Choice;
import io.centroid.job.Terminal;
import io.centroid.job.TextTable;
import io.centroid.run.RunSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.commons.lang3.StringUtils;

/** A list of runs as text, 80 columns wide. */
public final class RunTable {
  private static final int NAME = 12;
  private static final int DATASET = 8;
  private static final int LINE = 80;

  private RunTable() {}

  /** The table, ending in a line break, and what has to be said of its rows. */
  public static String render(List<RunSummary> runs) {
    TextTable table =
        new TextTable()
            .left("run", NAME)
            .left("when")
            .left("data set", DATASET)
            .right("epoch")
            .right("accuracy")
            .right("images/s")
            .left("status");
    for (RunSummary run : runs) {
      table.row(
          run.run(),
          run.when() == null ? null : minutes(run.when()),
          run.dataset() == null ? null : shortName(run.dataset()),
          run.epoch(),
          TextTable.cell("%.2f %%", run.testAccuracy() == null ? null : 100 * run.testAccuracy()),
          TextTable.cell("%,.0f", run.imagesPerSecond()),
          Choice.name(run.status()));
    }
    StringBuilder text = new StringBuilder(table.render());
    if (runs.stream().anyMatch(run -> StandInImages.TITLE.equals(run.dataset()))) {
      text.append(
          "stand-in: generated data, not CIFAR-10; accuracies say nothing of real images\n");
    }
    for (RunSummary run : runs) {
      if (run.problem() != null) {
        String problem = Terminal.printable(run.run() + ": " + run.problem());
        text.append(StringUtils.abbreviate(problem, LINE)).append('\n');
      }
    }
    return text.toString();
  }

  private static String minutes(String time) {
    return Instant.parse(time).truncatedTo(ChronoUnit.MINUTES).toString().replace(":00Z", "Z");
  }

  private static String shortName(String title) {
    return title.equals(StandInImages.TITLE) ? "stand-in" : title;
  }
}

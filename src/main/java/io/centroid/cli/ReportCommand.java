package io.centroid.cli;

import io.centroid.job.SparkSessions;
import io.centroid.report.RunReport;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code centroid report}. */
@Command(
    name = "report",
    description = "Makes a published run's report.html again; needs neither Spark nor data.",
    footerHeading = "%nExamples:%n",
    footer = "  centroid report runs/0f3a9c41d2e7")
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "A run's directory; any Hadoop path.")
  private Path run;

  @Override
  public Integer call() throws Exception {
    System.out.println("The report is in " + RunReport.write(run, SparkSessions.hadoop()));
    return 0;
  }
}

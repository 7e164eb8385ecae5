package io.centroid.cli;

import io.centroid.job.SparkSessions;
import io.centroid.report.ComparisonTable;
import io.centroid.report.RunComparison;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code centroid compare}. */
@Command(
    name = "compare",
    description = {
      "Compares finished runs, each with the first one: what differs in their settings, results,"
          + " curves, classes and times, and whether chance explains it.",
      "Needs neither Spark nor data."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid compare runs/0f3a9c41d2e7 runs/7e25efa6708a",
      "  centroid compare models/cifar-10/versions/3 runs/7e25efa6708a --output compare.html"
    })
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      arity = "2..*",
      paramLabel = "RUN",
      description = "Directories of finished runs; any Hadoop paths.")
  private List<Path> directories;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "compare.html",
      description = "The page; any Hadoop path; default: ${DEFAULT-VALUE}.")
  private Path output;

  @Override
  public Integer call() throws Exception {
    Configuration hadoop = SparkSessions.hadoop();
    RunComparison comparison = RunComparison.read(directories, hadoop);
    System.out.print(ComparisonTable.render(comparison));
    comparison.write(output, hadoop);
    System.out.println("\nThe comparison is in " + output);
    return 0;
  }
}

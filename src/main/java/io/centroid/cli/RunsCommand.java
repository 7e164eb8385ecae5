package io.centroid.cli;

import io.centroid.job.SparkSessions;
import io.centroid.json.Csv;
import io.centroid.json.Json;
import io.centroid.report.RunTable;
import io.centroid.run.RunListing;
import io.centroid.run.RunSummary;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code centroid runs}. */
@Command(
    name = "runs",
    description = "Lists the runs in a directory, newest first: finished, running, unfinished.",
    footerHeading = "%nExamples:%n",
    footer = {"  centroid runs runs", "  centroid runs hdfs:///runs --format csv"})
final class RunsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIRECTORY",
      description = "What 'train --runs' was given; any Hadoop path.")
  private Path directory;

  @Option(names = "--format", description = "table, json or csv; default: table.")
  private Format format = Format.TABLE;

  /** How the list is written. */
  private enum Format {
    TABLE,
    JSON,
    CSV
  }

  @Override
  public Integer call() throws Exception {
    List<RunSummary> runs = RunListing.of(directory, SparkSessions.hadoop());
    System.out.print(
        switch (format) {
          case TABLE -> runs.isEmpty() ? "No runs in " + directory + "\n" : RunTable.render(runs);
          case JSON -> Json.write(runs);
          case CSV -> Csv.write(RunSummary.class, runs);
        });
    return 0;
  }
}

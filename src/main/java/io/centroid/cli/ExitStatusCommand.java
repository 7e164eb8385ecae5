package io.centroid.cli;

import io.centroid.job.SparkSessions;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code centroid exit-status}, for the launch scripts. */
@Command(
    name = "exit-status",
    hidden = true,
    description = "Says and ends as a driver on a cluster did, by the file that it left.")
final class ExitStatusCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The file; it is removed.")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ExitStatusFile.Left left = ExitStatusFile.take(file, SparkSessions.hadoop());
    spec.commandLine().getErr().print(left.messages());
    spec.commandLine().getErr().flush();
    return left.exitCode();
  }
}

package io.centroid.pipeline;

import io.centroid.error.FailureCategory;
import io.centroid.job.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs a step as a process of its own, and hands on the wish to end. */
final class StepProcess {
  private static final int SIGNALLED = 128;
  private static final Set<Integer> INTERRUPTING = Set.of(SIGNALLED + 2, SIGNALLED + 15);
  private static final int POLL_MILLISECONDS = 100;

  private StepProcess() {}

  /**
   * Runs a step to its end. The first SIGTERM or SIGINT is handed on as one SIGTERM; the step gets
   * a session of its own, so that a terminal does not send it another, which would end it at once.
   *
   * @param log gets what the step prints
   * @param sparkLog gets what Spark and the libraries say
   * @return the exit code; that of "interrupted" when the step was ended by such a signal
   */
  static int run(Step step, Path log, Path sparkLog) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(step.command());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("CENTROID_LOG", sparkLog.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    Thread end = new Thread(process::destroy, "end of step " + step.name());
    Runtime.getRuntime().addShutdownHook(end);
    boolean told = false;
    while (!process.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
      if (Interruption.isRequested() && !told) {
        process.destroy();
        told = true;
      }
    }
    if (!Interruption.isEnding()) {
      Runtime.getRuntime().removeShutdownHook(end);
    }
    int exitCode = process.exitValue();
    return (exitCode != 0 && told) || INTERRUPTING.contains(exitCode)
        ? FailureCategory.INTERRUPTED.exitCode()
        : exitCode;
  }
}

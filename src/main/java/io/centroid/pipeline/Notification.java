package io.centroid.pipeline;

import io.centroid.data.Choice;
import io.centroid.job.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells somebody how a pipeline ended, by a command of the operator's. What goes wrong with it is
 * only a warning.
 *
 * @param command for {@code /bin/sh}; the path of the outcome file follows it as one more argument
 * @param patience how long it may take
 */
public record Notification(String command, Duration patience) {

  /** Runs the command. */
  void send(PipelineOutcome outcome, Path file, Path log, Phases phases)
      throws InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", command + " \"$1\"", "notify", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CENTROID_STATUS", Choice.name(outcome.status()));
    environment.put("CENTROID_EXIT_CODE", Integer.toString(outcome.exitCode()));
    environment.put("CENTROID_MODEL", outcome.model());
    environment.put("CENTROID_MESSAGE", outcome.message() == null ? "" : outcome.message());
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        warn("no end after %d s".formatted(patience.toSeconds()), log, phases);
      } else if (process.exitValue() != 0) {
        warn("exit code " + process.exitValue(), log, phases);
      }
    } catch (IOException e) {
      warn(e.getMessage(), log, phases);
    }
  }

  private void warn(String found, Path log, Phases phases) {
    phases.say(
        "Warning: cannot notify by %s: found %s, expected exit code 0. See %s",
        command, found, log);
  }
}

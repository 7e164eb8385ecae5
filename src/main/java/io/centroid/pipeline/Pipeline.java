package io.centroid.pipeline;

import io.centroid.data.Choice;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Interruption;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.pipeline.PipelineOutcome.Status;
import io.centroid.pipeline.PipelineOutcome.StepOutcome;
import io.centroid.promote.ModelStore;
import io.centroid.promote.Promotion;
import io.centroid.promote.Verdict;
import io.centroid.publish.Lock;
import io.centroid.publish.WholeFile;
import io.centroid.run.TrainedRun;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Prepare → train → gate → promote. Every step is safe to run again, so a pipeline that failed or
 * was interrupted is completed by running it again, and one that is done does nothing.
 *
 * <p>This process only starts the others: it is there to the end whatever becomes of them, to write
 * the outcome. Who starts it notifies: there are ends that it does not see.
 */
public final class Pipeline {
  private static final Logger LOG = LogManager.getLogger();
  private static final double NANOS = 1e9;
  private static final String SAID = "centroid: ";

  private final PipelinePlan plan;
  private final Path logs;
  private final String stamp;
  private final Configuration hadoop;
  private final Phases phases;
  private final Instant started = Instant.now();
  private final List<StepOutcome> steps = new ArrayList<>();

  /**
   * Creates a pipeline.
   *
   * @param logs the directory that gets the logs of the steps, and the outcome
   * @param stamp what the names of the files there begin with
   * @param phases told of what is happening
   */
  public Pipeline(PipelinePlan plan, Path logs, String stamp, Configuration hadoop, Phases phases) {
    this.plan = plan;
    this.logs = logs;
    this.stamp = stamp;
    this.hadoop = hadoop;
    this.phases = phases;
  }

  /**
   * Runs the steps up to the first that fails.
   *
   * @return how that ended; also in {@code outcome.json} and a file with the time in its name
   * @throws JobException with category SETTINGS when the directory of the logs cannot be written
   */
  public PipelineOutcome execute() throws IOException, InterruptedException {
    makeLogs();
    Interruption.askedFor(true);
    String work = "pipeline " + plan.name();
    PipelineOutcome outcome;
    try (Lock lock = Lock.take(plan.lock(), work, hadoop, phases)) {
      outcome = runSteps(lock);
      lock.check(); // from here on it may be that of another one
      replace(logs.resolve("outcome.json"), outcome);
    } catch (JobException e) {
      outcome = outcome(e.category().exitCode(), e.getMessage());
    } catch (IOException e) {
      LOG.warn("Cannot run the pipeline", e);
      outcome =
          StorageFailure.explain("run the pipeline", e)
              .map(known -> outcome(known.category().exitCode(), known.getMessage()))
              .orElseGet(() -> outcome(FailureCategory.INTERNAL.exitCode(), e.toString()));
    } finally {
      Interruption.askedFor(false);
    }
    Path file = file("outcome.json");
    replace(file, outcome);
    phases.say("%s; outcome in %s", Choice.name(outcome.status()), file);
    return outcome;
  }

  private PipelineOutcome runSteps(Lock lock) throws IOException, InterruptedException {
    for (Step step : plan.steps()) {
      lock.requireRenewed();
      if (Interruption.isRequested()) {
        return outcome(
            FailureCategory.INTERRUPTED.exitCode(),
            "Asked to end before step %s. Run the same again to go on.".formatted(step.name()));
      }
      if (step.name().equals("gate") && isCurrent()) {
        phases.say("The run's model is current already.");
        return outcome(0, null);
      }
      StepOutcome ended = run(step);
      if (ended.exitCode() != 0) {
        return outcome(ended.exitCode(), said(step, ended));
      }
    }
    return outcome(0, null);
  }

  private StepOutcome run(Step step) throws IOException, InterruptedException {
    Path log = file(step.name() + ".log");
    long begin = System.nanoTime();
    int exitCode = StepProcess.run(step, log, file(step.name() + ".spark.log"));
    double seconds = (System.nanoTime() - begin) / NANOS;
    StepOutcome ended =
        new StepOutcome(step.name(), Status.of(exitCode), exitCode, seconds, log.toString());
    steps.add(ended);
    phases.say("%-8s %-15s %8.1f s  %s", step.name(), Choice.name(ended.status()), seconds, log);
    return ended;
  }

  /** What a step that failed said last, of its own or at all. */
  private static String said(Step step, StepOutcome ended) throws IOException {
    // Not Files.readString: what is no UTF-8 is replaced, not refused.
    String log = new String(Files.readAllBytes(Path.of(ended.log())), StandardCharsets.UTF_8);
    List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
    String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
    return lines.stream()
        .filter(line -> line.startsWith(SAID))
        .reduce((one, next) -> next)
        .map(line -> line.substring(SAID.length()))
        .orElse(
            "Step %s ended with exit code %d. Last it said: %s"
                .formatted(step.name(), ended.exitCode(), last));
  }

  private PipelineOutcome outcome(int exitCode, String message) {
    TrainedRun trained = null;
    Verdict gate = null;
    Promotion current = null;
    try {
      if (ended("train", Status.DONE)) {
        trained = trained();
      }
      if (ended("gate", Status.DONE) || ended("gate", Status.BLOCKED) || isCurrent()) {
        gate = Verdict.read(new org.apache.hadoop.fs.Path(trained.run()), hadoop).orElse(null);
      }
      current = current().orElse(null);
    } catch (IOException | RuntimeException e) { // the outcome is told with what is known
      LOG.warn("Cannot read what the steps came to", e);
    }
    return new PipelineOutcome(
        Status.of(exitCode),
        exitCode,
        message,
        plan.name(),
        started.toString(),
        Instant.now().toString(),
        trained,
        gate,
        current,
        List.copyOf(steps));
  }

  private TrainedRun trained() throws IOException {
    return Json.read(WholeFile.read(plan.trained(), hadoop).orElseThrow(), TrainedRun.class);
  }

  private Optional<Promotion> current() throws IOException {
    return ModelStore.of(plan.models(), plan.name(), hadoop).current();
  }

  /** Whether the run that the training came to serves already, so that nothing is left to do. */
  private boolean isCurrent() throws IOException {
    return ended("train", Status.DONE)
        && current().isPresent()
        && current().get().run().equals(trained().outcome().runId());
  }

  private boolean ended(String step, Status status) {
    return steps.stream().anyMatch(one -> one.step().equals(step) && one.status() == status);
  }

  private void makeLogs() {
    try {
      Files.createDirectories(logs);
    } catch (IOException e) {
      throw new JobException(
          FailureCategory.SETTINGS,
          "Cannot write logs to %s: found %s, expected a directory that can be written. Use another --logs."
              .formatted(logs, e),
          e);
    }
  }

  private void replace(Path file, PipelineOutcome outcome) throws IOException {
    WholeFile.replace(
        new org.apache.hadoop.fs.Path(file.toAbsolutePath().toUri()), Json.write(outcome), hadoop);
  }

  private Path file(String name) {
    return logs.resolve(stamp + "-" + name);
  }
}

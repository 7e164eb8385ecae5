package io.centroid.pipeline;

import io.centroid.error.FailureCategory;
import io.centroid.promote.Promotion;
import io.centroid.promote.Verdict;
import io.centroid.run.TrainedRun;
import java.util.List;

/**
 * How a pipeline ended: {@code outcome.json}.
 *
 * @param status in a word
 * @param exitCode of the pipeline: that of the step that failed
 * @param message what that step said; null when all is done
 * @param model name of the model
 * @param started when, in ISO 8601
 * @param finished when, in ISO 8601
 * @param trained the run and how its training ended; null when it did not come to that
 * @param gate the gate's verdict on the run, with its numbers; null when it did not come to that
 * @param current the version that is current now; null when there is none
 * @param steps those that were run, first to last
 */
public record PipelineOutcome(
    Status status,
    int exitCode,
    String message,
    String model,
    String started,
    String finished,
    TrainedRun trained,
    Verdict gate,
    Promotion current,
    List<StepOutcome> steps) {

  /**
   * How a step ended.
   *
   * @param step its name
   * @param status in a word
   * @param exitCode of its process
   * @param seconds how long it took
   * @param log what it printed; what Spark and the libraries said is beside it
   */
  public record StepOutcome(String step, Status status, int exitCode, double seconds, String log) {}

  /** How a step or a pipeline ended. */
  public enum Status {
    /** Everything is done, or was done before. */
    DONE,
    /** The gate did not pass the model. */
    BLOCKED,
    /** Another process does the same work. */
    ALREADY_RUNNING,
    /** Asked to end; running again goes on. */
    INTERRUPTED,
    /** Anything else. */
    FAILED;

    static Status of(int exitCode) {
      if (exitCode == 0) {
        return DONE;
      } else if (exitCode == FailureCategory.BLOCKED.exitCode()) {
        return BLOCKED;
      } else if (exitCode == FailureCategory.ALREADY_RUNNING.exitCode()) {
        return ALREADY_RUNNING;
      }
      return exitCode == FailureCategory.INTERRUPTED.exitCode() ? INTERRUPTED : FAILED;
    }
  }
}

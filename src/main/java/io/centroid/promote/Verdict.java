package io.centroid.promote;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.json.MayLack;
import io.centroid.publish.WholeFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What the gate says to a run: {@code gate.json} in its directory.
 *
 * @param status whether it passed
 * @param reasons why not; empty when it passed
 * @param model name of the model it is to become a version of
 * @param store where that model's versions are
 * @param run id of the run
 * @param time when, in ISO 8601
 * @param accuracy the run's accuracy on the test split, 0 to 1
 * @param accuracyInterval95 ends of the 95 % interval of that accuracy
 * @param minimumAccuracy what was asked for
 * @param current the version that was current; null when there was none
 * @param currentRun id of the run that version is a copy of; null when there was none
 * @param comparison with that version; null when nothing was compared
 */
public record Verdict(
    Status status,
    List<String> reasons,
    String model,
    String store,
    String run,
    String time,
    double accuracy,
    List<Double> accuracyInterval95,
    double minimumAccuracy,
    Integer current,
    @MayLack String currentRun,
    @MayLack Comparison comparison) {
  /** Its name in a run's directory. */
  public static final String FILE = "gate.json";

  /** Whether a run passed. */
  public enum Status {
    /** It may be promoted. */
    PASSED,
    /** It is kept, and not promoted. */
    BLOCKED
  }

  /** What was compared. */
  public enum Basis {
    /** The predictions that both runs kept. */
    KEPT_PREDICTIONS,
    /** The promoted model predicted the run's test images. */
    PREDICTED_AGAIN
  }

  /**
   * McNemar's test of a run against the version that is current.
   *
   * @param basis whose predictions
   * @param currentAccuracy accuracy of that version on the same images, 0 to 1
   * @param images how many test images
   * @param onlyRun images that only the run's model classifies correctly
   * @param onlyCurrent images that only the current version classifies correctly
   * @param worsePValue one-sided mid-p value of "the run's model is not worse"
   * @param significance below which the run is blocked
   */
  public record Comparison(
      Basis basis,
      double currentAccuracy,
      int images,
      int onlyRun,
      int onlyCurrent,
      double worsePValue,
      double significance) {}

  /** Whether the run may be promoted. */
  public boolean passed() {
    return status == Status.PASSED;
  }

  /** What the gate said to a run, if it was asked. */
  public static Optional<Verdict> read(Path run, Configuration hadoop) throws IOException {
    Path file = new Path(run, FILE);
    Optional<String> json = WholeFile.read(file, hadoop);
    try {
      return json.isEmpty() ? Optional.empty() : Optional.of(Json.read(json.get(), Verdict.class));
    } catch (JsonProcessingException e) {
      throw JobException.data(
          "Cannot read %s: found %s, expected what gate wrote. Run gate again."
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  /** Writes it to the run's directory, in the place of an earlier one. */
  void write(Path directory, Configuration hadoop) throws IOException {
    WholeFile.replace(new Path(directory, FILE), Json.write(this), hadoop);
  }
}

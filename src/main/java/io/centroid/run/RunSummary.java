package io.centroid.run;

import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A run in a list of runs. Times are UTC in ISO 8601; what is not known is null.
 *
 * @param run the name of its directory, which is its id unless somebody renamed it
 * @param status how far it is
 * @param started when it started; of a running one, when the process started that trains it
 * @param finished when its results were complete
 * @param checkpointed when the newest checkpoint of an unfinished one was written
 * @param dataset the data set's title
 * @param epoch epochs trained; of an unfinished one, the epoch that goes on from its checkpoint
 * @param testAccuracy accuracy on the test split, 0 to 1
 * @param imagesPerSecond training examples used per second of training time
 * @param problem what is wrong with a damaged one
 * @param directory its directory, which an unfinished one does not have yet
 */
public record RunSummary(
    String run,
    Status status,
    String started,
    String finished,
    String checkpointed,
    String dataset,
    Integer epoch,
    Double testAccuracy,
    Double imagesPerSecond,
    String problem,
    String directory) {

  /** Newest first, those of unknown time last. */
  public static final Comparator<RunSummary> NEWEST_FIRST =
      Comparator.comparing(RunSummary::when, Comparator.nullsFirst(Comparator.naturalOrder()))
          .reversed()
          .thenComparing(RunSummary::run);

  /** How far a run is. */
  public enum Status {
    /** Published, with everything in it. */
    FINISHED,
    /** A process trains it. */
    RUNNING,
    /** No process trains it any more; the same command goes on. */
    UNFINISHED,
    /** Published in part, or changed since. */
    DAMAGED
  }

  /** When it was last heard of: finished, or else its newest checkpoint, or else its start. */
  public String when() {
    return Stream.of(finished, checkpointed, started)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}

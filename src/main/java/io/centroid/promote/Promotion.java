package io.centroid.promote;

/**
 * A version became the current one: an entry of {@code history.json}, and the content of {@code
 * current.json}.
 *
 * @param version which version is current from then on, from 1
 * @param action how it became so
 * @param run id of the training run that the version is a copy of
 * @param accuracy its accuracy on the test split, 0 to 1
 * @param gate what the gate said
 * @param time when, in ISO 8601
 * @param user who, as user@host
 * @param replaced the version that was current before; null when there was none
 */
public record Promotion(
    int version,
    Action action,
    String run,
    double accuracy,
    Clearance gate,
    String time,
    String user,
    Integer replaced) {

  /** How a version becomes current. */
  public enum Action {
    /** It is new. */
    PROMOTED,
    /** It was current before, and what replaced it is not wanted. */
    ROLLED_BACK
  }

  /** What the gate said to a version. */
  public enum Clearance {
    /** It passed. */
    PASSED,
    /** It was promoted without, or against, the gate. */
    FORCED
  }
}

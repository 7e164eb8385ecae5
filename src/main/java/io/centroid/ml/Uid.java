package io.centroid.ml;

import org.apache.spark.ml.util.Identifiable$;

/**
 * The uid of a stage that is being made. Spark's constructors ask for it, through {@code uid()},
 * before a constructor in Java can keep the one that it was given; so it waits here.
 */
final class Uid {
  private static final ThreadLocal<String> GIVEN = new ThreadLocal<>();

  private Uid() {}

  /** Gives the next stage that this thread makes its uid. */
  static String give(String uid) {
    GIVEN.set(uid);
    return uid;
  }

  /** Gives it a new one. */
  static String random() {
    return give(Identifiable$.MODULE$.randomUID("centroid"));
  }

  /** The one that was given; to be kept. */
  static String take() {
    String uid = GIVEN.get();
    GIVEN.remove();
    return uid;
  }
}

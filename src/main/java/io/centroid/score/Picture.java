package io.centroid.score;

import java.io.Serializable;

/**
 * An image to score, or why it cannot be.
 *
 * @param id what the source calls it: a number, or a path
 * @param features coded as those of the model's data set, see {@link
 *     io.centroid.example.FeatureCoding}; null when it is unreadable
 * @param problem why it is unreadable; null when it is not
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Picture(String id, byte[] features, String problem) implements Serializable {

  static Picture of(String id, byte[] features) {
    return new Picture(id, features, null);
  }

  static Picture unreadable(String id, String problem) {
    return new Picture(id, null, problem);
  }

  boolean isReadable() {
    return problem == null;
  }
}

package io.centroid.score;

import java.io.Serializable;

/**
 * An image to score, or why it cannot be.
 *
 * @param id what the source calls it: a number, or a path
 * @param features {@code float[3072]}, normalized as the model was trained, height × width ×
 *     channel order; null when the image is unreadable
 * @param problem why it is unreadable; null when it is not
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Picture(String id, float[] features, String problem) implements Serializable {

  static Picture of(String id, float[] features) {
    return new Picture(id, features, null);
  }

  static Picture unreadable(String id, String problem) {
    return new Picture(id, null, problem);
  }

  boolean isReadable() {
    return problem == null;
  }
}

package io.centroid.score;

import java.io.Serializable;

/**
 * An image to score, or why it cannot be.
 *
 * @param id what the source calls it: a number, or a path
 * @param pixels unsigned, height × width × channel order; null when the image is unreadable
 * @param problem why it is unreadable; null when it is not
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Picture(String id, byte[] pixels, String problem) implements Serializable {

  static Picture of(String id, byte[] pixels) {
    return new Picture(id, pixels, null);
  }

  static Picture unreadable(String id, String problem) {
    return new Picture(id, null, problem);
  }

  boolean isReadable() {
    return problem == null;
  }
}

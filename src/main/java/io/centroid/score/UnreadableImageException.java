package io.centroid.score;

/** A file is no image that can be read; the message says what was found and expected. */
final class UnreadableImageException extends Exception {
  UnreadableImageException(String message) {
    super(message);
  }
}

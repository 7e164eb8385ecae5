package io.centroid.ml;

/** A row that cannot be used; the message says what was found and what was expected. */
final class InvalidRowException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidRowException(String message) {
    super(message);
  }
}

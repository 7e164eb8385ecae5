package io.centroid.model;

import java.io.IOException;

/** A file is no model of this program, or not whole; reading it again does not help. */
final class DamagedModelException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Creates a failure.
   *
   * @param found what is wrong with the file, to follow "found"
   */
  DamagedModelException(String found) {
    super(found);
  }
}

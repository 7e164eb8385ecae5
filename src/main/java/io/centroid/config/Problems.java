package io.centroid.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with settings, so that the user reads all of it at once. */
final class Problems {
  private final List<String> found = new ArrayList<>();

  /** Notes that {@code key} has an unusable value, unless {@code valid}. */
  Problems require(boolean valid, String key, Object value, String expected) {
    if (!valid) {
      found.add(key + ": found " + value + ", expected " + expected);
    }
    return this;
  }

  /** What was noted. */
  List<String> found() {
    return found;
  }

  /** Throws when anything was noted. */
  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidSettingsException(found);
    }
  }
}

package io.centroid.config;

import java.util.List;

/** Values out of bounds in one section of the settings; one line for each. */
public final class InvalidSettingsException extends IllegalArgumentException {
  private final transient List<String> problems;

  InvalidSettingsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems, each as "key: found X, expected Y". */
  public List<String> problems() {
    return problems;
  }
}

package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.error.FailureCategory;
import org.junit.jupiter.api.Test;

/** Where spark-submit was called without the scripts, which look before. */
final class JavaVersionTest {
  @Test
  void anotherJavaIsRefusedByName() {
    assertThat(Centroid.javaProblem(17)).isEmpty();
    assertThat(Centroid.javaProblem(25))
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.category()).isEqualTo(FailureCategory.SETTINGS);
              assertThat(problem)
                  .hasMessage(
                      "Cannot start: found Java 25 in %s, expected 17. Set JAVA_HOME to a JDK 17.",
                      System.getProperty("java.home"));
            });
  }
}

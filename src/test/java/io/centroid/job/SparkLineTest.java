package io.centroid.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SparkLineTest {
  private static final SparkLine SPARK_3 = new SparkLine("3.5", List.of("3.5"), "2.12");
  private static final SparkLine SPARK_4 = new SparkLine("4", List.of("4.0", "4.1", "4.2"), "2.13");

  @Test
  void thisIsTheSparkThatItWasBuiltFor() {
    assertThat(SparkLine.problem()).isEmpty();
    assertThat(SparkLine.builtFor().problem("3.5.9", "2.12.18").isEmpty())
        .isNotEqualTo(SparkLine.builtFor().problem("4.2.0", "2.13.18").isEmpty());
  }

  @Test
  void aJarOnAnotherLineNamesTheRightOne() {
    Optional<JobException> problem = SPARK_3.problem("4.2.0", "2.13.16");
    assertThat(problem.orElseThrow().category()).isEqualTo(FailureCategory.SETTINGS);
    assertThat(problem.orElseThrow())
        .hasMessageMatching(
            "Cannot run on Spark 4\\.2\\.0 for Scala 2\\.13\\.16: found the jar for Spark 3\\.5 and Scala 2\\.12,"
                + " expected centroid-.+-spark-4_2\\.13-job\\.jar on this Spark\\. Use that jar\\.");
  }

  @ParameterizedTest
  @CsvSource({
    "3.4.4, 2.12.17",
    "3.5.1, 2.13.8",
    "3.50.0, 2.12.18",
    "4.3.0, 2.13.18",
    "5.0.0, 2.13.18"
  })
  void anotherSparkIsRefusedByName(String spark, String scala) {
    assertThat(SPARK_3.problem(spark, scala).orElseThrow())
        .hasMessage(
            "Cannot run on Spark %s for Scala %s: found the jar for Spark 3.5 and Scala 2.12, expected Spark 3.5 for Scala 2.12. Use such a Spark.",
            spark, scala);
  }

  @ParameterizedTest
  @CsvSource({"3.5.0, 2.12.18", "3.5.9, 2.12.20"})
  void everySparkOfTheLineWillDo(String spark, String scala) {
    assertThat(SPARK_3.problem(spark, scala)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "4.0.0, 2.13.16, true",
    "4.2.10, 2.13.18, true",
    "4.3.0, 2.13.18, false",
    "4.20.0, 2.13.18, false"
  })
  void aLineMayHaveSeveralVersions(String spark, String scala, boolean willDo) {
    assertThat(SPARK_4.problem(spark, scala).isEmpty()).isEqualTo(willDo);
    if (!willDo) {
      assertThat(SPARK_4.problem(spark, scala).orElseThrow())
          .hasMessageEndingWith(
              ": found the jar for Spark 4 and Scala 2.13, expected Spark 4.0, 4.1 or 4.2 for Scala 2.13. Use such a Spark.");
    }
  }
}

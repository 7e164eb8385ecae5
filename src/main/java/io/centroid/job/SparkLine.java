package io.centroid.job;

import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import scala.util.Properties$;

/**
 * A line of Spark, for each of which there is a build of this program.
 *
 * @param name in the name of its job jar
 * @param versions those that it runs on, without the last number
 * @param scala binary version of its Scala
 */
public record SparkLine(String name, List<String> versions, String scala) {
  private static final List<SparkLine> ALL =
      List.of(
          new SparkLine("3.5", List.of("3.5"), "2.12"),
          new SparkLine("4", List.of("4.0", "4.1", "4.2"), "2.13"));

  /** What is wrong where this program runs on another line than it was built for. */
  public static Optional<JobException> problem() {
    return builtFor().problem(running(), Properties$.MODULE$.versionNumberString());
  }

  /** The version of the Spark that this process runs on. */
  static String running() {
    return org.apache.spark.package$.MODULE$.SPARK_VERSION();
  }

  /** The line that this program was built for. */
  public static SparkLine builtFor() {
    String name = properties().getProperty("line");
    return ALL.stream().filter(line -> line.name.equals(name)).findFirst().orElseThrow();
  }

  /** What is wrong with a Spark; nothing where it is of this line. */
  Optional<JobException> problem(String sparkVersion, String scalaVersion) {
    if (has(sparkVersion, scalaVersion)) {
      return Optional.empty();
    }
    String expected =
        ALL.stream()
            .filter(line -> line.has(sparkVersion, scalaVersion))
            .map(
                line ->
                    "%s on this Spark. Use that jar."
                        .formatted(line.jar(properties().getProperty("version"))))
            .findFirst()
            .orElse("Spark %s for Scala %s. Use such a Spark.".formatted(said(versions), scala));
    return Optional.of(
        JobException.settings(
            "Cannot run on Spark %s for Scala %s: found the jar for Spark %s and Scala %s, expected %s"
                .formatted(sparkVersion, scalaVersion, name, scala, expected)));
  }

  /** As in 4.0, 4.1 or 4.2. */
  private static String said(List<String> versions) {
    int last = versions.size() - 1;
    return last == 0
        ? versions.get(0)
        : String.join(", ", versions.subList(0, last)) + " or " + versions.get(last);
  }

  private boolean has(String sparkVersion, String scalaVersion) {
    return versions.stream().anyMatch(version -> sparkVersion.startsWith(version + "."))
        && scalaVersion.startsWith(scala + ".");
  }

  /** The name of the job jar that was built for this line. */
  String jar(String version) {
    return "centroid-%s-spark-%s_%s-job.jar".formatted(version, name, scala);
  }

  private static Properties properties() {
    Properties properties = new Properties();
    try (InputStream file = SparkLine.class.getResourceAsStream("spark-line.properties")) {
      properties.load(file);
    } catch (IOException e) {
      throw new IllegalStateException("Every resource of ours can be read", e);
    }
    return properties;
  }
}

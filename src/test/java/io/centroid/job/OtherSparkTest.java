package io.centroid.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.InvalidClassException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster whose Spark is of another version than the one that this program was started with. */
final class OtherSparkTest {
  private static final String HERE = org.apache.spark.package$.MODULE$.SPARK_VERSION();

  /** As executors say it, and a Master. */
  @ParameterizedTest
  @ValueSource(strings = {"org.apache.spark.rdd.RDD", "scala.collection.immutable.List"})
  void itIsNamedByAClassThatIsNotTheSame(String name) {
    String said =
        name
            + "; local class incompatible: stream classdesc serialVersionUID = -26, local class serialVersionUID = 21";
    JobException ofTask =
        SparkFailure.explain(
                new SparkException(
                    "Job aborted due to stage failure: Task 1 in stage 0.0 failed 4 times, most recent failure: Lost task 1.3 in stage 0.0 (TID 7) (127.0.0.1 executor 1): java.io.InvalidClassException: "
                        + said))
            .orElseThrow();
    assertThat(ofTask)
        .hasMessage(
            "Cannot go on: found another Spark on the cluster than %s here (%s is another class there), expected the same. Start this with the cluster's Spark, named by SPARK_HOME.",
            HERE, name);
    assertThat(ofTask.category()).isEqualTo(FailureCategory.SETTINGS);
    JobException atStart =
        SparkFailure.atStart(
            new IllegalStateException(
                "java.io.InvalidClassException: " + said, new InvalidClassException(said)),
            new SparkConf(false));
    assertThat(atStart).hasMessage(ofTask.getMessage());
  }

  /** As an executor of Java 11 says it of a task, and of a class. */
  @ParameterizedTest
  @CsvSource({
    "java.lang.IllegalStateException: unread block data, unread block data",
    "java.lang.UnsupportedClassVersionError: io/centroid/deal/WorkerShare (class file version 61.0), UnsupportedClassVersionError: io/centroid/deal/WorkerShare (class file version 61.0)",
  })
  void executorsOfAnEarlierJavaAreNamed(String said, String shown) {
    JobException found =
        SparkFailure.explain(
                new SparkException(
                    "Job aborted due to stage failure: Task 1 in stage 0.0 failed 4 times, most recent failure: Lost task 1.3 in stage 0.0 (TID 7) (127.0.0.1 executor 1): "
                        + said
                        + "\n\tat java.base/java.io.ObjectInputStream.setBlockDataMode(ObjectInputStream.java:3266)"))
            .orElseThrow();
    assertThat(found)
        .hasMessage(
            "Cannot go on: found executors that cannot read the classes of this program (%s), expected Java %d there, as here. Set JAVA_HOME of the cluster's machines, or spark.executorEnv.JAVA_HOME, to a JDK %2$d.",
            shown, Runtime.version().feature());
    assertThat(found.category()).isEqualTo(FailureCategory.SETTINGS);
  }

  /** Classes of a job that differ are no matter of Spark's version. */
  @Test
  void otherClassesAreNotMeant() {
    assertThat(
            SparkFailure.explain(
                new SparkException(
                    "java.io.InvalidClassException: com.example.Mine; local class incompatible: x")))
        .isEmpty();
  }

  @Test
  void aMasterThatListensAndTakesNobodyIsNamed() throws Exception {
    String url;
    SparkConf conf = new SparkConf(false);
    try (ServerSocket master = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      url = "spark://127.0.0.1:1,127.0.0.1:" + master.getLocalPort();
      JobException found = SparkFailure.unregistered(conf.set("spark.master", url));
      assertThat(found)
          .hasMessageStartingWith(
              "Cannot start Spark: found a Master at %s that takes no application from Spark %s, expected",
              url, HERE);
      assertThat(found.category()).isEqualTo(FailureCategory.SETTINGS);
    }
    JobException gone = SparkFailure.unregistered(conf.set("spark.master", url));
    assertThat(gone)
        .hasMessageStartingWith("Cannot go on: found no cluster any more, or none that");
    assertThat(gone.category()).isEqualTo(FailureCategory.RESOURCES);
  }
}

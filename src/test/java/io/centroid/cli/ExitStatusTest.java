package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Secrets;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ExitStatusTest {
  private static final String ABORTED =
      "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure:"
          + " Lost task 0.3 in stage 1.0 (TID 7) (10.0.0.3 executor 3): ";

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new SparkException(ABORTED + "x", JobException.data("Cannot read shard x.")),
            FailureCategory.DATA,
            "Cannot read shard x."),
        Arguments.of(
            new SparkException(ABORTED + "x", new ConnectException("Connection refused")),
            FailureCategory.RESOURCES,
            "Cannot go on: found no connection (Connection refused), expected a host that answers."
                + " Check host, port and network, or run again when it does."),
        Arguments.of(
            new SparkException(ABORTED + "x", new OutOfMemoryError("Java heap space")),
            FailureCategory.RESOURCES,
            "Cannot go on: found no memory left (Java heap space), expected enough for driver and"
                + " executors. Use a larger --driver-memory, on a cluster --executor-memory."),
        Arguments.of(
            new SparkException(
                ABORTED
                    + "ExecutorLostFailure (executor 3 exited caused by one of the running tasks)"
                    + " Reason: Command exited with code 137\nDriver stacktrace:"),
            FailureCategory.RESOURCES,
            "Cannot go on: found lost executors (a task failed 4 times, last on 10.0.0.3 executor"
                + " 3: ExecutorLostFailure (executor 3 exited caused by one of the running tasks)"
                + " Reason: Command exited with code 137), expected ones that stay. Look at their"
                + " logs, give them more memory, or run again."),
        Arguments.of(
            new SparkException("Job 3 cancelled because SparkContext was shut down"),
            FailureCategory.RESOURCES,
            "Cannot go on: found no cluster any more, or none that answers (Job 3 cancelled because"
                + " SparkContext was shut down), expected the one of --master."),
        Arguments.of(
            new IllegalStateException(new FileNotFoundException("/x (Too many open files)")),
            FailureCategory.RESOURCES,
            "Cannot go on: found /x (Too many open files), expected a limit that suffices. Raise"
                + " the number of open files (ulimit -n) and run again."),
        Arguments.of(
            new IOException("no such entry"),
            FailureCategory.INTERNAL,
            "internal error: IOException: no such entry. The log"),
        Arguments.of(
            new SparkException(ABORTED + "java.lang.ArithmeticException: / by zero\n\tat x"),
            FailureCategory.INTERNAL,
            "internal error: a task failed 4 times, last on 10.0.0.3 executor 3:"
                + " java.lang.ArithmeticException: / by zero. The log"),
        Arguments.of(
            new IllegalStateException("x.password=abc"),
            FailureCategory.INTERNAL,
            "internal error: IllegalStateException: x.password=" + Secrets.MASK));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void saysWhatIsWrongAndWhoseFaultItIs(
      Exception failure, FailureCategory category, String message) {
    StringWriter console = new StringWriter();
    int exitCode = ExitStatus.report(failure, new PrintWriter(console, true));
    assertThat(console.toString()).startsWith("centroid: " + message).hasLineCount(1);
    assertThat(exitCode).isEqualTo(category.exitCode());
  }
}

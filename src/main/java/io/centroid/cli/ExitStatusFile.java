package io.centroid.cli;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.SparkSessions;
import io.centroid.publish.WholeFile;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.io.PrintWriter;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.slf4j.LoggerFactory;

/**
 * The file where a driver on a cluster leaves its exit code and its messages, because {@code
 * spark-submit} tells neither in cluster deploy mode. Its first line is the code, the rest the
 * messages.
 */
final class ExitStatusFile {
  /** Names the file of a driver; a relative path begins in the user's home directory. */
  static final String PROPERTY = "spark.centroid.exitStatusFile";

  private ExitStatusFile() {}

  /**
   * Leaves the exit status of this process where the property says; nothing without it.
   *
   * @param console is told when that fails
   */
  static void leave(int exitCode, String messages, PrintWriter console) {
    String name = new SparkConf().get(PROPERTY, "");
    if (name.isEmpty()) {
      return;
    }
    try {
      Configuration hadoop = SparkSessions.hadoop();
      WholeFile.replace(inHome(new Path(name), hadoop), exitCode + "\n" + messages, hadoop);
    } catch (IOException | RuntimeException e) {
      LoggerFactory.getLogger(ExitStatusFile.class).error("Exit status not left", e);
      console.printf(
          "centroid: Cannot leave exit code %d in %s: found %s.%n",
          exitCode, name, StorageFailure.reason(e));
    }
  }

  /**
   * Takes what a driver left, and removes the file.
   *
   * @return exit code and messages, as {@link #leave} was given them
   * @throws JobException category INTERNAL where there is no such file
   */
  static Left take(Path name, Configuration hadoop) throws IOException {
    Path file = inHome(name, hadoop);
    String text =
        WholeFile.read(file, hadoop)
            .orElseThrow(
                () ->
                    new JobException(
                        FailureCategory.INTERNAL,
                        "Cannot tell how the program ended: found no exit code in %s, expected one from the driver. Look in the driver's log: it never began, was killed, or does not reach this directory; then use another --exit-status-dir."
                            .formatted(file)));
    file.getFileSystem(hadoop).delete(file, false);
    String[] parts = text.split("\n", 2);
    return new Left(Integer.parseInt(parts[0]), parts[1]);
  }

  private static Path inHome(Path path, Configuration hadoop) throws IOException {
    return path.isAbsolute() ? path : new Path(path.getFileSystem(hadoop).getHomeDirectory(), path);
  }

  /** What a driver left. */
  record Left(int exitCode, String messages) {}
}

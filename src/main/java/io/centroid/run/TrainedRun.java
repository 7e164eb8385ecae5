package io.centroid.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.publish.WholeFile;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Which run a training came to, for the step that follows: what {@code train --outcome} writes.
 *
 * @param run the run's directory
 * @param outcome how the training ended
 */
public record TrainedRun(String run, Outcome outcome) {

  /**
   * Makes sure that {@link #write} replaces nothing but what it wrote.
   *
   * @throws JobException with category SETTINGS otherwise
   */
  public static void requireReplaceable(Path file, Configuration hadoop) throws IOException {
    WholeFile.requireReplaceable(
        file, "an outcome", "--outcome", text -> Json.isOf(TrainedRun.class, text), hadoop);
  }

  /** Writes it to a file, in the place of one that may be there. */
  public void write(Path file, Configuration hadoop) throws IOException {
    WholeFile.replace(file, Json.write(this), hadoop);
  }

  /**
   * The directory of a run.
   *
   * @param path that directory, or a file that {@link #write} wrote
   * @throws JobException with category DATA when it is neither
   */
  public static Path directory(Path path, Configuration hadoop) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    if (!fileSystem.exists(path)) {
      throw JobException.data(
          "Cannot find run %s: found nothing there, expected a run that train published.%s"
              .formatted(
                  fileSystem.makeQualified(path), StorageFailure.localHint(path, fileSystem)));
    }
    if (fileSystem.getFileStatus(path).isDirectory()) {
      return fileSystem.makeQualified(path);
    }
    try {
      return new Path(
          Json.read(WholeFile.read(path, hadoop).orElseThrow(), TrainedRun.class).run());
    } catch (JsonProcessingException e) {
      throw JobException.data(
          "Cannot find run %s: found a file that is none of train's, expected what train --outcome wrote."
              .formatted(path),
          e);
    }
  }
}

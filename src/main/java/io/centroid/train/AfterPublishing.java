package io.centroid.train;

import io.centroid.job.Phases;
import io.centroid.report.RunReport;
import io.centroid.run.RunPlaces;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What is left to do for a run that is published: its report is made, and what it needed on its way
 * removed. Whatever goes wrong here loses nothing, and is done by whoever asks for the same run
 * again.
 */
final class AfterPublishing {
  private static final Logger LOG = LogManager.getLogger();

  private final RunPlaces places;
  private final Configuration hadoop;
  private final Phases phases;

  AfterPublishing(RunPlaces places, Configuration hadoop, Phases phases) {
    this.places = places;
    this.hadoop = hadoop;
    this.phases = phases;
  }

  /** Whether nothing is left to do. */
  boolean isDone() throws IOException {
    FileSystem fileSystem = places.target().getFileSystem(hadoop);
    return fileSystem.exists(RunReport.file(places.target()))
        && !fileSystem.exists(places.checkpoints());
  }

  /** Does what is left to do. */
  void execute() {
    try {
      phases.run("Make the report", () -> RunReport.write(places.target(), hadoop));
    } catch (Exception e) {
      LOG.warn("Cannot make the report", e);
      phases.say(
          "Warning: cannot make %s: found %s. The run is whole; 'centroid report %s' tries again.",
          RunReport.FILE, StorageFailure.reason(e), places.target());
    }
    try {
      FileSystem fileSystem = places.target().getFileSystem(hadoop);
      fileSystem.delete(places.progressPage(), false);
      fileSystem.delete(places.checkpoints(), true);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove the checkpoints", e);
      phases.say(
          "Warning: cannot remove the checkpoints of the run: found %s. They are not needed any more.",
          StorageFailure.reason(e));
    }
  }
}

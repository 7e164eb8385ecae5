package io.centroid.report;

import io.centroid.cifar.StandInImages;
import io.centroid.job.Phases;
import io.centroid.publish.WholeFile;
import io.centroid.run.EpochRecord;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A page about a training that is under way, written after every epoch, in the place of the one
 * before. That it cannot be written does not disturb the training.
 */
public final class ProgressPage implements TrainingListener {
  private static final Logger LOG = LogManager.getLogger();

  private final Path file;
  private final Configuration hadoop;
  private final Subject subject;
  private final TimeLeft timeLeft;
  private final Phases phases;
  private boolean warned;

  /**
   * What is trained.
   *
   * @param runId id of the run
   * @param dataset the data set's title
   * @param shards where they are
   * @param epochs how many there are to be
   * @param settings every setting, as {@code settings.conf} has it
   * @param summary Keras' table of the network
   */
  public record Subject(
      String runId, String dataset, String shards, int epochs, String settings, String summary) {}

  /** A page in a file. */
  public ProgressPage(
      Path file, Configuration hadoop, Subject subject, TimeLeft timeLeft, Phases phases) {
    this.file = file;
    this.hadoop = hadoop;
    this.subject = subject;
    this.timeLeft = timeLeft;
    this.phases = phases;
  }

  @Override
  public void epochDone(List<EpochRecord> history) {
    try {
      WholeFile.replace(file, render(history), hadoop);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot write {}", file, e);
      if (!warned) {
        phases.say(
            "Warning: cannot write %s: found %s. The training goes on.",
            file, StorageFailure.reason(e));
        warned = true;
      }
    }
  }

  /** The page. */
  String render(List<EpochRecord> history) throws IOException {
    TrainingCourse course =
        new TrainingCourse(history, best(history), subject.settings, subject.summary);
    Map<String, Object> model = new HashMap<>(course.model());
    model.put("runId", subject.runId);
    model.put("dataset", subject.dataset);
    model.put("standIn", subject.dataset.equals(StandInImages.TITLE));
    model.put("shards", subject.shards);
    model.put("epochs", subject.epochs);
    model.put("written", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    timeLeft.estimate().ifPresent(left -> model.put("timeLeft", timeLeft.render()));
    return Page.render("progress.ftlh", model, course.figures());
  }

  private static int best(List<EpochRecord> history) {
    return history.stream()
        .filter(EpochRecord::best)
        .mapToInt(EpochRecord::epoch)
        .max()
        .orElseThrow();
  }
}

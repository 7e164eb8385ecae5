package io.centroid.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.cifar.Cifar10;
import io.centroid.cifar.StandInImages;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.json.Json;
import io.centroid.publish.Target;
import io.centroid.publish.WholeFile;
import io.centroid.run.EpochRecord;
import io.centroid.run.Outcome;
import io.centroid.run.Provenance;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * {@code report.html}: what a run came to, as one file that needs no other and no network.
 *
 * @param outcome how the training ended
 * @param metrics of the test split
 * @param history epoch by epoch
 * @param pictures images and calibration
 * @param provenance where the results come from
 * @param settings every setting, as {@code settings.conf} has it
 * @param summary Keras' table of the network
 */
public record RunReport(
    Outcome outcome,
    Metrics metrics,
    List<EpochRecord> history,
    Pictures pictures,
    Provenance provenance,
    String settings,
    String summary) {
  /** Its name in a run's directory. */
  public static final String FILE = "report.html";

  /** Test accuracy that was published for one process and ten epochs, in per cent. */
  private static final String PUBLISHED = "48.64";

  private static final int WORST_PAIRS = 5;
  private static final int WORST_CLASSES = 50;

  /** Reads the small files of a run. */
  @FunctionalInterface
  interface Files {
    /** The text of one file. */
    String read(String name) throws IOException;
  }

  /**
   * Makes the report of a published run from its other files, in the place of one that is there.
   *
   * @throws JobException with category DATA when {@code run} is no published run
   */
  public static Path write(Path run, org.apache.hadoop.conf.Configuration hadoop)
      throws IOException {
    Path page = file(run);
    WholeFile.replace(page, rendered(run, hadoop), hadoop);
    return page;
  }

  private static String rendered(Path run, org.apache.hadoop.conf.Configuration hadoop)
      throws IOException {
    try {
      return of(name -> Target.read(run, name, hadoop)).render();
    } catch (FileNotFoundException e) {
      boolean isThere = run.getFileSystem(hadoop).exists(run);
      throw unusable(run, hadoop, isThere ? Reason.of(e) : "nothing there", e);
    } catch (JsonProcessingException e) {
      throw unusable(run, hadoop, Json.problem(e), e);
    } catch (IllegalStateException
        | IndexOutOfBoundsException
        | NullPointerException e) { // fewer in one than in another
      throw unusable(run, hadoop, "records that do not fit each other", e);
    }
  }

  private static JobException unusable(
      Path run, org.apache.hadoop.conf.Configuration hadoop, String found, Exception cause)
      throws IOException {
    FileSystem fileSystem = run.getFileSystem(hadoop);
    return JobException.data(
        "Cannot report on %s: found %s, expected a run that train published.%s"
            .formatted(
                fileSystem.makeQualified(run), found, StorageFailure.localHint(run, fileSystem)),
        cause);
  }

  /** Where the report of a run is. */
  public static Path file(Path run) {
    return new Path(run, FILE);
  }

  /** The report of a run, from its files. */
  static RunReport of(Files files) throws IOException {
    return new RunReport(
        Json.read(files.read("outcome.json"), Outcome.class),
        Json.read(files.read("metrics.json"), Metrics.class),
        List.of(Json.read(files.read("history.json"), EpochRecord[].class)),
        Json.read(files.read("pictures.json"), Pictures.class),
        Json.read(files.read("provenance.json"), Provenance.class),
        files.read("settings.conf"),
        files.read("summary.txt"));
  }

  /** The page. */
  String render() throws IOException {
    TrainingCourse course = new TrainingCourse(history, outcome.bestEpoch(), settings, summary);
    Map<String, Object> model = new HashMap<>(course.model());
    model.put("outcome", Json.tree(outcome));
    model.put("metrics", Json.tree(metrics));
    model.put("gallery", Json.tree(pictures.gallery()));
    model.put("firstLayer", pictures.firstLayer());
    model.put("provenance", Json.tree(provenance));
    model.put("things", metrics.things());
    model.put("pictures", metrics.examplesAre() == null);
    model.put("standIn", metrics.dataset().equals(StandInImages.TITLE));
    model.put("published", metrics.dataset().equals(Cifar10.DATA_SET.title()) ? PUBLISHED : "");
    model.put("worstPairs", Json.tree(Confusions.worstPairs(metrics, WORST_PAIRS)));
    model.put("balanced", Confusions.isBalanced(metrics));
    model.put("matrix", Confusions.isSmall(metrics));
    model.put("classes", Json.tree(classes()));
    Map<String, Object> figures = new HashMap<>(course.figures());
    figures.put("reliability", reliability());
    return Page.render("report.ftlh", model, figures);
  }

  /** All classes in label order, or of many those that are told worst. */
  private List<ClassMetrics> classes() {
    return Confusions.isSmall(metrics)
        ? metrics.perClass()
        : Confusions.worstClasses(metrics, WORST_CLASSES);
  }

  private List<Map<String, Double>> reliability() {
    return pictures.gallery().calibration().stream()
        .filter(bin -> bin.examples() > 0)
        .map(bin -> Map.of("x", bin.probability(), "y", bin.accuracy()))
        .toList();
  }
}

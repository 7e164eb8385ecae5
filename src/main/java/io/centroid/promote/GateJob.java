package io.centroid.promote;

import io.centroid.config.GateSettings;
import io.centroid.error.JobException;
import io.centroid.evaluate.McNemar;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.TestPredictions;
import io.centroid.job.Phases;
import io.centroid.promote.Verdict.Basis;
import io.centroid.promote.Verdict.Comparison;
import io.centroid.promote.Verdict.Status;
import io.centroid.run.Outcome;
import io.centroid.run.Provenance;
import io.centroid.run.PublishedRun;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Decides whether a run may become the current version of a model: it is accurate enough, and not
 * worse than the version that is current by more than chance explains.
 *
 * <p>The two are compared on the same images: by the predictions that both runs kept when they were
 * made of the same images, else by predicting the run's test images with the current version.
 */
public final class GateJob {
  private final ModelStore store;
  private final GateSettings settings;
  private final TestImages images;
  private final Phases phases;

  /** Predicts the test images that a run was measured on. */
  @FunctionalInterface
  public interface TestImages {
    /**
     * Predicts.
     *
     * @param model directory of a version
     * @param run where the run's shards are from
     * @throws JobException with category DATA when the images are not at hand
     */
    TestPredictions predict(Path model, Provenance run) throws Exception;
  }

  /**
   * Creates a job.
   *
   * @param images asked only where kept predictions do not do
   * @param phases told of what is happening
   */
  public GateJob(ModelStore store, GateSettings settings, TestImages images, Phases phases) {
    this.store = store;
    this.settings = settings;
    this.images = images;
    this.phases = phases;
  }

  /**
   * Decides, and puts the verdict into the run's directory. A run that is current stays so: its
   * verdict is left as it is.
   *
   * @param directory a published run
   * @throws JobException with category DATA when it is none, or was made of another data set than
   *     the version that is current
   */
  public Verdict execute(Path directory) throws Exception {
    Configuration hadoop = store.hadoop();
    Outcome run = PublishedRun.outcome(directory, hadoop);
    Metrics metrics = PublishedRun.metrics(directory, hadoop);
    Optional<Promotion> current = store.current();
    if (current.isPresent() && current.get().run().equals(run.runId())) {
      phases.say(
          "Run %s is version %d of %s already, and current.",
          run.runId(), current.get().version(), store.name());
      return verdict(run, metrics, List.of(), current, null);
    }
    List<String> reasons = new ArrayList<>();
    if (store.isWithdrawn(run.runId())) {
      reasons.add("it was rolled back from");
    }
    phases.say("Test accuracy %s", percent(metrics.accuracy()));
    if (metrics.accuracy() < settings.minimumAccuracy()) {
      reasons.add(
          "accuracy %s, expected at least %s"
              .formatted(percent(metrics.accuracy()), percent(settings.minimumAccuracy())));
    }
    Comparison comparison = null;
    if (current.isPresent() && settings.significance() > 0) {
      comparison = compare(directory, run, metrics.things(), current.get());
      if (comparison.worsePValue() < settings.significance()) {
        reasons.add(
            "%s of version %d on the same %s, which chance explains with p = %.2g only, expected %s at least"
                .formatted(
                    percent(comparison.currentAccuracy()),
                    current.get().version(),
                    metrics.things(),
                    comparison.worsePValue(),
                    settings.significance()));
      }
    }
    Verdict verdict = verdict(run, metrics, reasons, current, comparison);
    verdict.write(directory, hadoop);
    return verdict;
  }

  private Comparison compare(Path directory, Outcome run, String things, Promotion current)
      throws Exception {
    Path version = store.version(current.version());
    String dataset = PublishedRun.outcome(version, store.hadoop()).dataset();
    if (!dataset.equals(run.dataset())) {
      throw JobException.data(
          "Cannot compare run %s with version %d of %s: found %s, expected %s. Use another --name."
              .formatted(run.runId(), current.version(), store.name(), run.dataset(), dataset));
    }
    TestPredictions ofRun =
        TestPredictions.read(directory, store.hadoop())
            .orElseThrow(
                () ->
                    JobException.data(
                        "Cannot compare run %s: found no %s, expected one. Train it again."
                            .formatted(run.runId(), TestPredictions.FILE)));
    Optional<TestPredictions> kept = keptPredictions(directory, version, ofRun);
    TestPredictions ofCurrent =
        kept.isPresent() ? kept.get() : predictAgain(directory, version, ofRun);
    McNemar test = ofRun.against(ofCurrent);
    phases.say(
        "Version %d on the same %,d %s %s",
        current.version(),
        test.images(),
        things,
        percent((double) (test.both() + test.onlySecond()) / test.images()));
    phases.say(
        "Right only by the run %,d, only by version %d %,d: one-sided p = %.3f",
        test.onlyFirst(), current.version(), test.onlySecond(), test.firstIsWorsePValue());
    return new Comparison(
        kept.isPresent() ? Basis.KEPT_PREDICTIONS : Basis.PREDICTED_AGAIN,
        (double) (test.both() + test.onlySecond()) / test.images(),
        test.images(),
        test.onlyFirst(),
        test.onlySecond(),
        test.firstIsWorsePValue(),
        settings.significance());
  }

  /**
   * The current version's predictions, when they are of the images that the run was measured on.
   */
  private Optional<TestPredictions> keptPredictions(
      Path directory, Path version, TestPredictions ofRun) throws IOException {
    String hash = PublishedRun.provenance(directory, store.hadoop()).imagesHash();
    boolean sameSource =
        hash != null && hash.equals(PublishedRun.provenance(version, store.hadoop()).imagesHash());
    return sameSource
        ? TestPredictions.read(version, store.hadoop()).filter(ofRun::sameImages)
        : Optional.empty();
  }

  private TestPredictions predictAgain(Path directory, Path version, TestPredictions ofRun)
      throws Exception {
    phases.say("The current version predicts the run's test images.");
    TestPredictions again =
        images.predict(version, PublishedRun.provenance(directory, store.hadoop()));
    if (!ofRun.sameImages(again)) {
      throw JobException.data(
          "Cannot compare run %s: found other test images than in its %s, expected the same. Use --shards with the shard set it was trained on."
              .formatted(directory, TestPredictions.FILE));
    }
    return again;
  }

  private Verdict verdict(
      Outcome run,
      Metrics metrics,
      List<String> reasons,
      Optional<Promotion> current,
      Comparison comparison) {
    return new Verdict(
        reasons.isEmpty() ? Status.PASSED : Status.BLOCKED,
        List.copyOf(reasons),
        store.name(),
        store.directory().toString(),
        run.runId(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        metrics.accuracy(),
        metrics.accuracyInterval95(),
        settings.minimumAccuracy(),
        current.map(Promotion::version).orElse(null),
        current.map(Promotion::run).orElse(null),
        comparison);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}

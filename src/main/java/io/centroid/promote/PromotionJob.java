package io.centroid.promote;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.promote.Promotion.Action;
import io.centroid.promote.Promotion.Clearance;
import io.centroid.publish.Lock;
import io.centroid.run.Outcome;
import io.centroid.run.PublishedRun;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Makes versions current: new ones of runs that the gate passed, and earlier ones again. */
public final class PromotionJob {
  private final ModelStore store;
  private final Phases phases;

  /**
   * Creates a job.
   *
   * @param phases told of what is happening
   */
  public PromotionJob(ModelStore store, Phases phases) {
    this.store = store;
    this.phases = phases;
  }

  /**
   * Makes a run's model the current version, if it is not.
   *
   * @param directory a published run
   * @param clearance {@link Clearance#PASSED} asks for the gate's verdict
   * @return what is current now
   * @throws JobException with category BLOCKED without a verdict that lets it pass in front of what
   *     is current; DATA when there is no such run; ALREADY_RUNNING when another process changes
   *     the same model
   */
  public Promotion promote(Path directory, Clearance clearance) throws IOException {
    Outcome run = PublishedRun.outcome(directory, store.hadoop());
    try (ModelUpdate update = ModelUpdate.begin(store, phases)) {
      Optional<Promotion> current = update.current();
      if (current.isPresent() && current.get().run().equals(run.runId())) {
        phases.say(
            "Run %s is version %d of %s already, and current.",
            run.runId(), current.get().version(), store.name());
        return current.get();
      }
      if (clearance == Clearance.PASSED) {
        requirePassed(directory, run, current);
      }
      int version = update.add(directory);
      return point(update, version, Action.PROMOTED, run, clearance);
    }
  }

  /**
   * Makes an earlier version current again.
   *
   * @param to the version; empty for the one that was current before the one that is
   * @return what is current now
   * @throws JobException with category SETTINGS when there is no such version
   */
  public Promotion rollBack(OptionalInt to) throws IOException {
    try (ModelUpdate update = ModelUpdate.begin(store, phases)) {
      Promotion current =
          update
              .current()
              .orElseThrow(
                  () -> refused("found no version", "one that was promoted. Use another --name"));
      if (to.isPresent() && to.getAsInt() == current.version()) {
        phases.say("Version %d of %s is current already.", current.version(), store.name());
        return current;
      }
      int version = to.isPresent() ? to.getAsInt() : before(update, current);
      FileSystem fileSystem = store.directory().getFileSystem(store.hadoop());
      Promotion earlier =
          update.history().stream()
              .filter(entry -> entry.version() == version)
              .reduce((first, last) -> last)
              .orElseThrow(() -> refused("found no version " + version, "one of its versions"));
      if (!fileSystem.exists(store.version(version))) {
        throw refused(
            "found version %d removed from %s".formatted(version, store.versions()),
            "a version that is there. Use --to");
      }
      Outcome run = PublishedRun.outcome(store.version(version), store.hadoop());
      return point(update, version, Action.ROLLED_BACK, run, earlier.gate());
    }
  }

  private void requirePassed(Path directory, Outcome run, Optional<Promotion> current)
      throws IOException {
    Integer version = current.map(Promotion::version).orElse(null);
    Optional<Verdict> verdict = Verdict.read(directory, store.hadoop());
    String found;
    if (verdict.isEmpty() || !verdict.get().model().equals(store.name())) {
      found = "no verdict of the gate for " + store.name();
    } else if (!store.directory().toString().equals(verdict.get().store())) {
      found = "a verdict for the model in " + verdict.get().store();
    } else if (!verdict.get().passed()) {
      found = "it blocked by the gate: " + String.join(", ", verdict.get().reasons());
    } else if (!Objects.equals(verdict.get().current(), version)
        || !Objects.equals(verdict.get().currentRun(), current.map(Promotion::run).orElse(null))) {
      found =
          "a verdict against version %s of run %s, and version %s current"
              .formatted(verdict.get().current(), verdict.get().currentRun(), version);
    } else {
      return;
    }
    throw new JobException(
        FailureCategory.BLOCKED,
        "Cannot promote run %s: found %s, expected the gate to have passed it. Run gate, or use --force."
            .formatted(run.runId(), found));
  }

  /** The version that was current before a version was promoted. */
  private int before(ModelUpdate update, Promotion current) {
    return update.history().stream()
        .filter(entry -> entry.version() == current.version())
        .filter(entry -> entry.action() == Action.PROMOTED && entry.replaced() != null)
        .map(Promotion::replaced)
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    "found no version before version " + current.version(),
                    "one. Use --to to go to another"));
  }

  private Promotion point(
      ModelUpdate update, int version, Action action, Outcome run, Clearance clearance)
      throws IOException {
    Integer replaced = update.current().map(Promotion::version).orElse(null);
    Promotion entry =
        new Promotion(
            version,
            action,
            run.runId(),
            run.testAccuracy(),
            clearance,
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            System.getProperty("user.name") + "@" + Lock.hostName(),
            replaced);
    update.point(entry);
    phases.say(
        "Version %d of %s is current%s: run %s",
        version,
        store.name(),
        replaced == null ? "" : ", in the place of version " + replaced,
        run.runId());
    return entry;
  }

  private JobException refused(String found, String expected) {
    return JobException.settings(
        "Cannot roll back model %s: %s, expected %s.".formatted(store.name(), found, expected));
  }
}

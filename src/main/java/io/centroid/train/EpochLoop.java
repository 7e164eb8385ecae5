package io.centroid.train;

import io.centroid.compute.TrainingState;
import io.centroid.config.TrainingSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.evaluate.Metrics;
import io.centroid.report.EpochRecord;
import io.centroid.report.TrainingProgress;
import io.centroid.run.Interruption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Epoch after epoch, each validated, until the last one or until patience is over. */
final class EpochLoop {
  private final AveragingEngine engine;
  private final Validation validation;
  private final TrainingSettings settings;
  private final TrainingProgress progress;
  private final TrainingSource source;
  private final Checkpoints checkpoints;

  EpochLoop(
      AveragingEngine engine,
      Validation validation,
      TrainingSettings settings,
      TrainingProgress progress,
      TrainingSource source,
      Checkpoints checkpoints) {
    this.engine = engine;
    this.validation = validation;
    this.settings = settings;
    this.progress = progress;
    this.source = source;
    this.checkpoints = checkpoints;
  }

  /**
   * What a training came to.
   *
   * @param best the state to publish
   * @param bestEpoch the epoch it is from
   * @param history one record for each epoch
   */
  record Trained(TrainingState best, int bestEpoch, List<EpochRecord> history) {

    double seconds() {
      return history.stream().mapToDouble(EpochRecord::seconds).sum();
    }

    long examples() {
      return history.stream().mapToLong(EpochRecord::examples).sum();
    }

    long steps() {
      return history.stream().mapToLong(EpochRecord::steps).sum();
    }

    long rounds() {
      return history.stream().mapToLong(epoch -> epoch.rounds().size()).sum();
    }
  }

  /**
   * Trains on.
   *
   * @throws JobException with category INTERRUPTED when the program is asked to end; a checkpoint
   *     is written then
   */
  Trained run(Checkpoint from) {
    Checkpoint reached = from;
    while (reached.position().epoch() <= settings.epochs()
        && !reached.best().patienceIsOver(settings.earlyStoppingPatience())) {
      reached = epoch(reached);
      checkpoints.save(reached);
    }
    checkpoints.await();
    return new Trained(reached.best().state(), reached.best().epoch(), reached.history());
  }

  private Checkpoint epoch(Checkpoint from) {
    progress.epochStarts(from.position().epoch(), from.position().tally().examples());
    TrainingPosition end =
        engine.trainEpoch(
            from.position(),
            (position, examples, meanLoss) -> {
              source.roundDone(position, examples, meanLoss);
              progress.roundDone(examples, meanLoss);
              Checkpoint reached = new Checkpoint(position, from.best(), from.history());
              if (Interruption.isRequested()) {
                throw interrupted(reached);
              }
              checkpoints.offer(reached);
            });
    Optional<Metrics> metrics = validation.measure(end.state().candidate(), end.epoch());
    Double accuracy = metrics.map(Metrics::accuracy).orElse(null);
    BestModel best = from.best().offered(end.epoch(), end.state().candidate(), accuracy);
    EpochTally tally = end.tally();
    EpochRecord record =
        new EpochRecord(
            end.epoch(),
            tally.meanLoss(),
            metrics.map(Metrics::loss).orElse(null),
            accuracy,
            best.isOfLastEpoch(),
            tally.examples(),
            tally.steps(),
            tally.seconds(),
            tally.examples() / tally.seconds(),
            tally.rounds());
    source.epochDone(record);
    progress.epochDone(record);
    List<EpochRecord> history = new ArrayList<>(from.history());
    history.add(record);
    return new Checkpoint(end.nextEpoch(), best, List.copyOf(history));
  }

  private JobException interrupted(Checkpoint reached) {
    checkpoints.save(reached);
    checkpoints.await();
    return new JobException(
        FailureCategory.INTERRUPTED,
        "Training was interrupted in epoch %d after %d rounds and is saved. Run the same again to go"
                .formatted(reached.position().epoch(), reached.position().round())
            + " on from there.");
  }
}

package io.centroid.train;

import io.centroid.average.AveragingEngine;
import io.centroid.average.EpochTally;
import io.centroid.average.RoundListener;
import io.centroid.average.TrainingPosition;
import io.centroid.checkpoint.BestModel;
import io.centroid.checkpoint.Checkpoint;
import io.centroid.checkpoint.Checkpoints;
import io.centroid.compute.TrainingState;
import io.centroid.config.TrainingSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.evaluate.Metrics;
import io.centroid.job.Interruption;
import io.centroid.publish.Lock;
import io.centroid.report.TrainingListener;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Epoch after epoch, each validated, until the last one or until patience is over. */
final class EpochLoop {
  private final AveragingEngine engine;
  private final Validation validation;
  private final TrainingSettings settings;
  private final List<TrainingListener> listeners;
  private final Checkpoints checkpoints;
  private final Lock lock;

  EpochLoop(
      AveragingEngine engine,
      Validation validation,
      TrainingSettings settings,
      List<TrainingListener> listeners,
      Checkpoints checkpoints,
      Lock lock) {
    this.engine = engine;
    this.validation = validation;
    this.settings = settings;
    this.listeners = listeners;
    this.checkpoints = checkpoints;
    this.lock = lock;
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
      return history.stream().mapToLong(EpochRecord::roundsDone).sum();
    }
  }

  /**
   * Trains on.
   *
   * @throws JobException with category INTERRUPTED when the program is asked to end; a checkpoint
   *     is written then; as the lock does when it is lost
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
    TrainingPosition start = from.position();
    listeners.forEach(
        listener -> listener.epochStarts(start.epoch(), start.round(), start.tally().examples()));
    Told told = new Told(from);
    TrainingPosition end = engine.trainEpoch(start, told);
    if (told.toEnd) {
      throw interrupted(new Checkpoint(end, from.best(), from.history()));
    }
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
    List<EpochRecord> longer = new ArrayList<>(from.history());
    longer.add(record);
    List<EpochRecord> history = List.copyOf(longer);
    listeners.forEach(listener -> listener.epochDone(history));
    return new Checkpoint(end.nextEpoch(), best, history);
  }

  /** Hears of an epoch's rounds. */
  private final class Told implements RoundListener {
    private final Checkpoint from;
    private boolean toEnd;

    Told(Checkpoint from) {
      this.from = from;
    }

    @Override
    public boolean roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
      lock.requireRenewed();
      listeners.forEach(listener -> listener.roundDone(epoch, round, meanLoss, timing));
      toEnd |= Interruption.isRequested();
      return !toEnd;
    }

    @Override
    public void reached(TrainingPosition position) {
      if (!toEnd) {
        checkpoints.save(new Checkpoint(position, from.best(), from.history()));
      }
    }

    @Override
    public int interval() {
      return checkpoints.interval();
    }
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

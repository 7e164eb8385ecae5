package io.centroid.train;

import io.centroid.compute.TrainingState;
import io.centroid.config.TrainingSettings;
import io.centroid.evaluate.Metrics;
import io.centroid.report.EpochRecord;
import io.centroid.report.TrainingProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Epoch after epoch, each validated, until the last one or until patience is over. */
final class EpochLoop {
  private static final double NANOS = 1e9;

  private final AveragingEngine engine;
  private final Validation validation;
  private final TrainingSettings settings;
  private final TrainingProgress progress;

  EpochLoop(
      AveragingEngine engine,
      Validation validation,
      TrainingSettings settings,
      TrainingProgress progress) {
    this.engine = engine;
    this.validation = validation;
    this.settings = settings;
    this.progress = progress;
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

  Trained run(TrainingState start) {
    BestModel best = new BestModel(settings.earlyStoppingPatience());
    List<EpochRecord> history = new ArrayList<>();
    TrainingState state = start;
    for (int epoch = 1; epoch <= settings.epochs() && !best.patienceIsOver(); epoch++) {
      progress.epochStarts(epoch);
      long begin = System.nanoTime();
      EpochResult result =
          engine.trainEpoch(
              state,
              epoch,
              (round, rounds, examples, meanLoss) -> progress.roundDone(examples, meanLoss));
      double seconds = (System.nanoTime() - begin) / NANOS;
      state = result.state();
      EpochRecord record = validated(epoch, result, seconds, best);
      history.add(record);
      progress.epochDone(record);
    }
    return new Trained(best.state(), best.epoch(), history);
  }

  private EpochRecord validated(int epoch, EpochResult result, double seconds, BestModel best) {
    Optional<Metrics> metrics = validation.measure(result.candidate());
    Double accuracy = metrics.map(Metrics::accuracy).orElse(null);
    return new EpochRecord(
        epoch,
        result.meanLoss(),
        metrics.map(Metrics::loss).orElse(null),
        accuracy,
        best.offer(epoch, result.candidate(), accuracy),
        result.examples(),
        result.steps(),
        seconds,
        result.examples() / seconds,
        result.rounds());
  }
}

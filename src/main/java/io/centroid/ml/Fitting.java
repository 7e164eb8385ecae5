package io.centroid.ml;

import io.centroid.average.AveragingState;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.EpochTally;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.checkpoint.BestModel;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.TrainingSettings;
import io.centroid.data.DataSet;
import io.centroid.deal.ShareBatches;
import io.centroid.deal.WorkerShares;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.Evaluator;
import io.centroid.evaluate.Metrics;
import io.centroid.run.EpochRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * A training over dealt rows, epoch after epoch.
 *
 * @param tolerance least decrease of the training loss in an epoch; 0 for any
 */
record Fitting(
    JavaSparkContext context,
    DataSet dataSet,
    MultiLayerConfiguration network,
    TrainingSettings training,
    AveragingSettings averaging,
    double tolerance) {
  private static final Logger LOG = LogManager.getLogger();

  /**
   * What a training came to.
   *
   * @param parameters those of the best epoch
   * @param summary how it got there
   */
  @SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
  record Fitted(float[] parameters, TrainingSummary summary) {}

  /** Trains. */
  Fitted run(DealtRows rows) {
    try (WorkerShares shares =
            rows.deal(
                false, dataSet, training.workers(), training.seed(), training.labelSmoothing());
        Validation validation = Validation.of(rows, this);
        CentroidAveraging engine = engine(shares)) {
      BestModel best = BestModel.NONE;
      List<EpochRecord> history = new ArrayList<>();
      TrainingPosition position =
          TrainingPosition.before(1, AveragingState.of(TrainingState.initial(network)));
      while (position.epoch() <= training.epochs() && !isOver(best, history)) {
        position = engine.trainEpoch(position, RoundListener.NONE);
        Optional<Metrics> metrics = validation.measure(position.state().candidate());
        best =
            best.offered(
                position.epoch(),
                position.state().candidate(),
                metrics.map(Metrics::accuracy).orElse(null));
        history.add(record(position, metrics, best));
        LOG.info("{}", history.get(history.size() - 1));
        position = position.nextEpoch();
      }
      return new Fitted(best.state().parameters(), new TrainingSummary(history, best.epoch()));
    }
  }

  private boolean isOver(BestModel best, List<EpochRecord> history) {
    int epochs = history.size();
    return best.patienceIsOver(training.earlyStoppingPatience())
        || (tolerance > 0
            && epochs > 1
            && history.get(epochs - 2).trainingLoss() - history.get(epochs - 1).trainingLoss()
                <= tolerance);
  }

  private CentroidAveraging engine(WorkerShares shares) {
    RoundPlan plan =
        new RoundPlan(
            shares.examples(),
            training.workers(),
            training.minibatchSize(),
            averaging.frequency(),
            training.seed());
    return new CentroidAveraging(
            context,
            shares,
            network.toJson(),
            StepRecipe.of(training, network, plan.stepsPerEpoch()),
            plan,
            averaging)
        .betweenExecutors(true, LOG::info);
  }

  private static EpochRecord record(
      TrainingPosition end, Optional<Metrics> metrics, BestModel best) {
    EpochTally tally = end.tally();
    return new EpochRecord(
        end.epoch(),
        tally.meanLoss(),
        metrics.map(Metrics::loss).orElse(null),
        metrics.map(Metrics::accuracy).orElse(null),
        best.isOfLastEpoch(),
        tally.examples(),
        tally.steps(),
        tally.seconds(),
        tally.examples() / tally.seconds(),
        tally.rounds());
  }

  /** The rows that validate, if there are some. */
  private record Validation(Fitting fitting, Optional<WorkerShares> rows) implements AutoCloseable {

    static Validation of(DealtRows rows, Fitting fitting) {
      TrainingSettings training = fitting.training();
      return new Validation(
          fitting,
          rows.hasValidation()
              ? Optional.of(
                  rows.deal(true, fitting.dataSet(), training.workers(), training.seed(), 0))
              : Optional.empty());
    }

    Optional<Metrics> measure(TrainingState state) {
      return rows.map(
          split ->
              Metrics.of(
                  fitting.dataSet(),
                  "validation",
                  Evaluator.count(
                      fitting.context(),
                      ShareBatches.of(split),
                      new Classifier(fitting.network().toJson(), state.parameters()),
                      fitting.dataSet().classes())));
    }

    @Override
    public void close() {
      rows.ifPresent(WorkerShares::close);
    }
  }
}

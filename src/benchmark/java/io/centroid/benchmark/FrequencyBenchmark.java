package io.centroid.benchmark;

import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import io.centroid.config.Settings;
import io.centroid.config.TrainingSettings;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.error.JobException;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.ShardEvaluation;
import io.centroid.job.Phases;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * What averaging costs in accuracy: the same training with more workers, that average less often,
 * and with an outer step against it. Accuracies are of the validation split.
 */
final class FrequencyBenchmark {
  private static final double WANTED = 0.48;
  private static final int FAN_IN = 16;
  private static final int[] WORKERS = {1, 2, 4, 8, 16};
  private static final int[] FREQUENCIES = {5, 25, 100, 400};

  /** Of those that are tried with {@link #REMEDIES}, the least. */
  private static final int MANY_WORKERS = 4;

  private static final int LONG_ROUNDS = 25;

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final MultiLayerConfiguration network;
  private final Settings settings;
  private final Phases phases;

  /** How rounds are made, beside how many workers make them and how long they are. */
  private record Way(String name, int warmUpEpochs, OuterSettings outer) {}

  private static final Way PLAIN = new Way("plain", 0, OuterSettings.PLAIN);

  private static final List<Way> REMEDIES =
      List.of(
          new Way("momentum 0.5", 0, OuterSettings.momentum(0.5)),
          new Way("momentum 0.7", 0, OuterSettings.momentum(0.7)),
          new Way("Nesterov 0.5", 0, new OuterSettings(0.5, true, 1)),
          new Way("Nesterov 0.9, rate 0.7", 0, new OuterSettings(0.9, true, 0.7)),
          new Way("warm-up of an epoch", 1, OuterSettings.PLAIN));

  /**
   * Creates a benchmark.
   *
   * @param shards a set with a validation split
   * @param settings of the training, but for the workers and how they average
   */
  FrequencyBenchmark(
      JavaSparkContext context,
      ShardSet shards,
      MultiLayerConfiguration network,
      Settings settings,
      Phases phases) {
    this.context = context;
    this.shards = shards;
    this.network = network;
    this.settings = settings;
    this.phases = phases;
  }

  /** Trains with each in turn and prints a table. */
  void run() {
    if (shards.manifest().count(Split.VALIDATION) == 0) {
      throw JobException.settings(
          "Cannot measure accuracies: found shards without a validation split, expected one. Prepare them with --set prepare.validation-fraction=0.1.");
    }
    phases.say(
        "%-10s%-8s%-26s%9s%9s%9s%11s", "workers", "F", "", "last", "best", "s/epoch", "s to 48 %");
    for (int workers : WORKERS) {
      try (WorkerShares dealt = deal(workers)) {
        for (int frequency : FREQUENCIES) {
          for (Way way : ways(workers, frequency)) {
            train(dealt, frequency, way);
          }
        }
      }
    }
    phases.say(
        "accuracy of the validation split after the last of %d epochs and after the best; seconds of training alone",
        settings.training().epochs());
  }

  private static List<Way> ways(int workers, int frequency) {
    List<Way> ways = new ArrayList<>(List.of(PLAIN));
    if (workers >= MANY_WORKERS && frequency >= LONG_ROUNDS) {
      ways.addAll(REMEDIES);
    }
    return ways;
  }

  private void train(WorkerShares dealt, int frequency, Way way) {
    TrainingSettings training = settings.training();
    RoundPlan plan =
        new RoundPlan(
            dealt.examples(), dealt.workers(), training.minibatchSize(), frequency, dealt.seed());
    StepRecipe recipe = StepRecipe.of(training, network, plan.stepsPerEpoch());
    AveragingSettings averaging =
        new AveragingSettings(
            frequency, EngineKind.CENTROID, way.warmUpEpochs(), way.outer(), 0, FAN_IN);
    double seconds = 0;
    double until = Double.NaN;
    double best = 0;
    double last = 0;
    try (CentroidAveraging engine =
        new CentroidAveraging(context, dealt, network.toJson(), recipe, plan, averaging)
            .betweenExecutors(true, line -> phases.say("%s", line))) {
      TrainingPosition position = TrainingPosition.before(1, TrainingState.initial(network));
      for (int epoch = 1; epoch <= training.epochs(); epoch++) {
        TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
        seconds += end.tally().seconds();
        last = accuracy(end.state().training());
        best = Math.max(best, last);
        if (Double.isNaN(until) && last >= WANTED) {
          until = seconds;
        }
        position = end.nextEpoch();
      }
    }
    phases.say(
        "%-10d%-8d%-26s%7.2f %%%7.2f %%%9.2f%11s",
        dealt.workers(),
        frequency,
        way.name(),
        100 * last,
        100 * best,
        seconds / training.epochs(),
        Double.isNaN(until) ? "-" : String.format(Locale.ROOT, "%.1f", until));
  }

  private double accuracy(TrainingState state) {
    PublishedModel model =
        new PublishedModel(
            PublishedModel.card(shards.manifest()),
            new Classifier(network.toJson(), state.parameters()));
    return ShardEvaluation.evaluate(context, shards, Split.VALIDATION, model).accuracy();
  }

  private WorkerShares deal(int workers) {
    return ShardExamples.deal(context, shards, Split.TRAIN, workers, settings.training().seed());
  }
}

package io.centroid.benchmark;

import io.centroid.average.AveragingEngine;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.EpochTally;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.job.Phases;
import io.centroid.run.RoundTiming;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * Rounds of the averaging engine against Deeplearning4j's own averaging and its plain {@code fit},
 * on the same images in one application.
 */
public final class AveragingBenchmark {
  private static final int IMAGES = 25_600;
  private static final int[] MINIBATCHES = {32, 128, 512};
  private static final int[] FREQUENCIES = {5, 25, 100};
  private static final long SEED = 1;
  private static final String PLAIN = "Deeplearning4j, one process";

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final MultiLayerConfiguration network;
  private final Phases phases;

  /**
   * Creates a benchmark.
   *
   * @param shards where the images come from; at least 25,600 training images
   */
  public AveragingBenchmark(
      JavaSparkContext context, ShardSet shards, MultiLayerConfiguration network, Phases phases) {
    this.context = context;
    this.shards = shards;
    this.network = network;
    this.phases = phases;
  }

  /** Measures and prints a table. */
  public void run(int repetitions) {
    try (WorkerShares one = deal(1);
        WorkerShares two = deal(2)) {
      List<Contender> contenders = new ArrayList<>();
      try {
        RoundPlan stock = new RoundPlan(IMAGES, 2, 32, 5, SEED);
        contenders.addAll(StockContenders.of(context, two, network, stock));
        contenders.add(
            new LocalTraining(
                label(PLAIN, 1, 32, 0),
                LocalStep.GENERAL,
                network,
                Images.first(context, shards, Split.TRAIN, 6_400),
                32,
                1));
        contenders.add(
            new Engine(
                label("Centroid, Deeplearning4j's step", 2, 32, 5),
                engine(two, LocalStep.GENERAL, 32, 5),
                TrainingState.initial(network)));
        for (int minibatch : MINIBATCHES) {
          for (int frequency : FREQUENCIES) {
            for (WorkerShares shares : List.of(one, two)) {
              addEngine(contenders, shares, minibatch, frequency);
            }
          }
        }
        print(Turns.take(contenders, repetitions));
      } finally {
        contenders.forEach(Contender::close);
      }
    }
  }

  /** An engine, unless the images are too few for one full round. */
  private void addEngine(
      List<Contender> contenders, WorkerShares shares, int minibatch, int frequency) {
    if ((long) shares.workers() * minibatch * frequency <= IMAGES) {
      contenders.add(
          new Engine(
              label("Centroid", shares.workers(), minibatch, frequency),
              engine(shares, LocalStep.FAST, minibatch, frequency),
              TrainingState.initial(network)));
    }
  }

  /** A name in the table. */
  static String label(String what, RoundPlan plan) {
    return label(what, plan.workers(), plan.minibatchSize(), plan.averagingFrequency());
  }

  private static String label(String what, int workers, int minibatch, int frequency) {
    return "%-32s W=%d b=%-3d F=%s"
        .formatted(what, workers, minibatch, frequency == 0 ? "-" : frequency);
  }

  private void print(Turns turns) {
    OptionalDouble stock =
        turns.names().stream()
            .filter(name -> name.startsWith("stock"))
            .mapToDouble(turns::speed)
            .max();
    phases.say("%-49s %9s %17s %8s %11s", "", "images/s", "min to max", "to stock", "outside, ms");
    for (String name : turns.names()) {
      List<RoundTiming> rounds =
          turns.of(name).stream().flatMap(turn -> turn.rounds().stream()).toList();
      phases.say(
          "%-49s %,9.0f %,8.0f %,8.0f %8s %11s",
          name,
          turns.speed(name),
          turns.slowest(name),
          turns.fastest(name),
          stock.isPresent() ? "%.1fx".formatted(turns.speed(name) / stock.getAsDouble()) : "",
          rounds.isEmpty()
              ? ""
              : "%.1f".formatted(1000 * Turns.median(rounds, RoundTiming::outsideCompute)));
    }
    phases.say("to stock: to the faster stock approach");
    phases.say("outside: time of a round outside of the workers' compute, median over rounds");
    double two = turns.speed(label("Centroid", 2, 32, 25));
    phases.say(
        "W=2 to W=1 at b=32 F=25: %.2fx; to plain Deeplearning4j: %.1fx",
        two / turns.speed(label("Centroid", 1, 32, 25)), two / turns.speed(label(PLAIN, 1, 32, 0)));
  }

  private WorkerShares deal(int workers) {
    return ShardExamples.dealFirst(context, shards, Split.TRAIN, IMAGES, workers, SEED);
  }

  private AveragingEngine engine(
      WorkerShares shares, LocalStep step, int minibatch, int frequency) {
    RoundPlan plan = new RoundPlan(IMAGES, shares.workers(), minibatch, frequency, SEED);
    return new CentroidAveraging(
            context,
            shares,
            network.toJson(),
            StepRecipe.plain(step),
            plan,
            AveragingSettings.every(plan.averagingFrequency()))
        .betweenExecutors(true, line -> phases.say("%s", line));
  }

  /** An engine, training on from where it stopped. */
  static final class Engine implements Contender {
    private final String name;
    private final AveragingEngine engine;
    private TrainingPosition position;

    Engine(String name, AveragingEngine engine, TrainingState start) {
      this.name = name;
      this.engine = engine;
      this.position = TrainingPosition.before(1, start);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Turn turn() {
      long begin = System.nanoTime();
      EpochTally result = turnOfEpoch();
      boolean timed = result.rounds().stream().anyMatch(round -> round.compute() > 0);
      return new Turn(
          result.examples(),
          (System.nanoTime() - begin) / 1e9,
          timed ? result.rounds() : List.of());
    }

    private EpochTally turnOfEpoch() {
      TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
      position = end.nextEpoch();
      return end.tally();
    }

    TrainingState state() {
      return position.state().training();
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}

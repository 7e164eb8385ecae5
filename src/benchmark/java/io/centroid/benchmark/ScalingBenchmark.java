package io.centroid.benchmark;

import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.benchmark.ClusterSimulation.Failure;
import io.centroid.benchmark.RoundCost.Exchange;
import io.centroid.benchmark.RoundCost.Link;
import io.centroid.benchmark.RoundCost.Measured;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.NetworkSettings;
import io.centroid.config.Settings;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.model.DenseNetwork;
import io.centroid.run.RoundTiming;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * What more executors are worth: rounds measured on the cluster that there is, a model of their
 * cost fitted to them, and what the model says of clusters that are not there.
 */
final class ScalingBenchmark {
  private static final int MINIBATCH = 32;
  private static final int MEASURED_FREQUENCY = 5;
  private static final long SEED = 1;
  private static final int[] WORKERS_PER_EXECUTOR = {1, 2, 4};
  private static final List<List<Integer>> WIDTHS =
      List.of(List.of(20), List.of(200, 150), List.of(800, 150));
  private static final List<Integer> MODELLED = List.of(200, 150);

  private static final int[] EXECUTORS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};
  private static final int[] FREQUENCIES = {25, 100, 400};
  private static final double GIGABIT = 1e9 / 8;
  private static final List<Link> LINKS =
      List.of(
          new Link("1 Gbit/s, 1 ms", 1e-3, GIGABIT),
          new Link("10 Gbit/s, 0.1 ms", 1e-4, 10 * GIGABIT));

  /** Of a worker's steps, from executor to executor; as machines that nobody else uses have it. */
  private static final double SPREAD = 0.05;

  private static final int SIMULATED_ROUNDS = 3;

  /** An executor is lost once in thirty days, and it takes half a minute to go on without it. */
  private static final Failure FAILURE = new Failure(30 * 24 * 3600.0, 200, 30);

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final Settings settings;
  private final Phases phases;

  ScalingBenchmark(JavaSparkContext context, ShardSet shards, Settings settings, Phases phases) {
    this.context = context;
    this.shards = shards;
    this.settings = settings;
    this.phases = phases;
  }

  /**
   * A network's rounds: how they were exchanged, seconds outside the steps, seconds of one step.
   */
  private record Row(List<Integer> widths, Measured measured, double step) {}

  /** Measures, fits and simulates, and prints tables. */
  void run(int repetitions) {
    ShardExamples.deal(context, shards, Split.TRAIN, 1, SEED)
        .close(); // executors register meanwhile
    int executors = context.sc().statusTracker().getExecutorInfos().length - 1;
    if (executors < 2) {
      throw JobException.settings(
          "Cannot measure how rounds scale: found %d executors, expected at least 2. Use --master of a cluster."
              .formatted(Math.max(0, executors)));
    }
    List<Row> rows = measure(executors, repetitions);
    RoundCost cost = RoundCost.fit(rows.stream().map(Row::measured).toList());
    phases.say(
        "%n%-12s%4s%12s%12s%12s%9s", "hidden", "W", "state, MB", "measured", "model", "error");
    for (int i = 0; i < rows.size(); i++) {
      tell(rows.get(i), withoutRow(rows, i));
    }
    phases.say(
        "milliseconds of a round outside the steps, median; the model in each row is fitted to the others");
    phases.say(
        "model: %.2f ms + %.3f ns/byte sent + %.3f ns/byte added up (+ 2 latencies + bytes sent / bandwidth)",
        1e3 * cost.fixed(), 1e9 * cost.perByte(), 1e9 * cost.perFolded());
    double step =
        rows.stream()
            .filter(row -> row.widths().equals(MODELLED))
            .mapToDouble(Row::step)
            .min()
            .orElseThrow();
    simulate(cost, step);
  }

  private List<Row> measure(int executors, int repetitions) {
    List<Row> rows = new ArrayList<>();
    for (int perExecutor : WORKERS_PER_EXECUTOR) {
      int workers = perExecutor * executors;
      try (WorkerShares shares = ShardExamples.deal(context, shards, Split.TRAIN, workers, SEED)) {
        for (List<Integer> widths : WIDTHS) {
          rows.add(measure(shares, new Exchange(executors, workers, 0), widths, repetitions));
        }
      }
    }
    return rows;
  }

  private Row measure(
      WorkerShares shares, Exchange exchange, List<Integer> widths, int repetitions) {
    MultiLayerConfiguration network = network(widths);
    TrainingState start = TrainingState.initial(network);
    RoundPlan plan =
        new RoundPlan(
            shares.examples(), shares.workers(), MINIBATCH, MEASURED_FREQUENCY, shares.seed());
    List<RoundTiming> rounds = new ArrayList<>();
    try (CentroidAveraging engine =
        new CentroidAveraging(
                context,
                shares,
                network.toJson(),
                StepRecipe.plain(LocalStep.FAST),
                plan,
                AveragingSettings.every(MEASURED_FREQUENCY))
            .betweenExecutors(true, line -> phases.say("%s", line))) {
      TrainingPosition position = TrainingPosition.before(1, start);
      for (int epoch = 0; epoch <= repetitions; epoch++) {
        TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
        if (epoch > 0) {
          List<RoundTiming> all = end.tally().rounds();
          rounds.addAll(all.subList(1, all.size() - 1)); // whole ones, without the job's beginning
        }
        position = end.nextEpoch();
      }
    }
    int inTurn = exchange.workers() / exchange.executors();
    return new Row(
        widths,
        new Measured(
            new Exchange(exchange.executors(), exchange.workers(), bytes(start)),
            Turns.median(rounds, RoundTiming::outsideCompute)),
        Turns.median(rounds, RoundTiming::compute) / inTurn / MEASURED_FREQUENCY);
  }

  private MultiLayerConfiguration network(List<Integer> widths) {
    NetworkSettings network = settings.network();
    return DenseNetwork.configuration(
        new NetworkSettings(
            network.kind(),
            widths,
            network.activations().subList(0, 1),
            network.alpha(),
            network.dropout(),
            network.name(),
            List.of()),
        settings.training(),
        shards.manifest().dataSet());
  }

  private static double bytes(TrainingState state) {
    return (double) Float.BYTES * Arrays.stream(state.lengths()).sum();
  }

  private static RoundCost withoutRow(List<Row> rows, int left) {
    List<Measured> others = new ArrayList<>(rows.stream().map(Row::measured).toList());
    others.remove(left);
    return RoundCost.fit(others);
  }

  private void tell(Row row, RoundCost cost) {
    Exchange exchange = row.measured().exchange();
    double model = cost.seconds(exchange, Link.NONE);
    phases.say(
        "%-12s%4d%12.1f%12.2f%12.2f%8.0f%%",
        row.widths(),
        exchange.workers(),
        exchange.stateBytes() / 1e6,
        1e3 * row.measured().seconds(),
        1e3 * model,
        100 * (model / row.measured().seconds() - 1));
  }

  /** One worker on each executor, the default network. */
  private void simulate(RoundCost cost, double step) {
    double state = bytes(TrainingState.initial(network(MODELLED)));
    phases.say("");
    phases.say(
        "simulated, a worker on each executor: images/s in multiples of one worker's; in brackets with executors lost every 30 days");
    for (Link link : LINKS) {
      Map<Integer, List<String>> table = new LinkedHashMap<>();
      for (int executors : EXECUTORS) {
        for (int frequency : FREQUENCIES) {
          table
              .computeIfAbsent(executors, first -> new ArrayList<>())
              .add(
                  multiples(
                      cost, link, new Exchange(executors, executors, state), step, frequency));
        }
      }
      phases.say("%n%-20s%18s%18s%18s", link.name(), "F = 25", "F = 100", "F = 400");
      table.forEach(
          (executors, cells) ->
              phases.say("%-20s%18s%18s%18s", executors, cells.get(0), cells.get(1), cells.get(2)));
    }
  }

  private static String multiples(
      RoundCost cost, Link link, Exchange exchange, double step, int frequency) {
    double steps = frequency * step;
    double alone = exchange.executors() * steps;
    return "%.1f (%.1f)"
        .formatted(
            alone / simulated(exchange, cost, link, steps, Failure.NEVER),
            alone / simulated(exchange, cost, link, steps, FAILURE));
  }

  private static double simulated(
      Exchange exchange, RoundCost cost, Link link, double steps, Failure failure) {
    return new ClusterSimulation(exchange, cost, link, steps, SPREAD, failure)
        .secondsOfRound(SIMULATED_ROUNDS, SEED);
  }
}

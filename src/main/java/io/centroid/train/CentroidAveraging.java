package io.centroid.train;

import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.report.RoundTiming;
import io.centroid.train.RoundExchange.Delivery;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;

/**
 * Weighted, ordered, reproducible averaging of parameters and updater state.
 *
 * <p>A round is one Spark job over the workers' shares: one state down, one result per worker up.
 * The result depends on the settings, the data and the number of logical workers alone: not on
 * executors, cores, partitions, retries or speculation.
 */
public final class CentroidAveraging implements AveragingEngine {
  private static final double NANOS = 1e9;

  private final JavaSparkContext context;
  private final WorkerShares shares;
  private final RoundPlan plan;
  private final int fanIn;
  private final OuterMomentum outerMomentum;
  private final ExponentialAverage exponentialAverage;
  private final Broadcast<String> configurationJson;
  private final StepRecipe recipe;
  private final String trainingId = UUID.randomUUID().toString();

  /**
   * Creates an engine over dealt shares.
   *
   * @param configurationJson the Deeplearning4j configuration of the network, as JSON
   * @param recipe how the workers train
   * @param plan how epochs are cut; its examples and workers are those of {@code shares}
   * @param averaging how their results are averaged; the frequency is that of {@code plan}
   */
  public CentroidAveraging(
      JavaSparkContext context,
      WorkerShares shares,
      String configurationJson,
      StepRecipe recipe,
      RoundPlan plan,
      AveragingSettings averaging) {
    this.context = context;
    this.shares = shares;
    this.recipe = recipe;
    this.plan = plan;
    this.fanIn = averaging.fanIn();
    this.outerMomentum = new OuterMomentum(averaging.outerMomentum());
    this.exponentialAverage = new ExponentialAverage(averaging.emaDecay());
    this.configurationJson = context.broadcast(configurationJson);
  }

  @Override
  public EpochResult trainEpoch(TrainingState start, int epoch, RoundListener listener) {
    TrainingState state = start;
    int rounds = plan.rounds();
    long examples = 0;
    long steps = 0;
    double lossSum = 0;
    List<RoundTiming> timings = new ArrayList<>(rounds);
    for (int round = 0; round < rounds; round++) {
      context.setJobGroup("epoch " + epoch, label(epoch, round, rounds), false);
      RoundOutcome outcome = round(state, epoch, round);
      state = outcome.state();
      exponentialAverage.add(state);
      examples += outcome.examples();
      steps += outcome.steps();
      lossSum += outcome.lossSum();
      timings.add(outcome.timing());
      double meanLoss = outcome.lossSum() / outcome.examples();
      Divergence.check(meanLoss, label(epoch, round, rounds));
      listener.roundDone(round + 1, rounds, outcome.examples(), meanLoss);
    }
    context.clearJobGroup();
    if (examples != plan.examples()) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot finish epoch %d: found %d examples used, expected each of %d once."
              .formatted(epoch, examples, plan.examples()));
    }
    return new EpochResult(
        state, exponentialAverage.of(state), examples, steps, lossSum / examples, timings);
  }

  @Override
  public void close() {
    configurationJson.destroy();
    TrainerPool.ofThisJvm().release(trainingId);
  }

  /** What one round came to. */
  private record RoundOutcome(
      TrainingState state, long examples, long steps, double lossSum, RoundTiming timing) {}

  private RoundOutcome round(TrainingState state, int epoch, int round) {
    long begin = System.nanoTime();
    List<Contribution> contributions;
    long sent;
    try (RoundExchange exchange = RoundExchange.open(context, state, plan.workers(), fanIn)) {
      sent = System.nanoTime();
      contributions = RoundRdd.collect(contributions(exchange, epoch, round), exchange);
    }
    long collected = System.nanoTime();
    TrainingState average = WeightedMean.of(contributions, state.iteration());
    TrainingState next = outerMomentum.apply(state, average);
    long averaged = System.nanoTime();

    long computeMax = 0;
    long computeSum = 0;
    long examples = 0;
    long steps = 0;
    double lossSum = 0;
    for (Contribution contribution : contributions) {
      computeMax = Math.max(computeMax, contribution.computeMaxNanos());
      computeSum += contribution.computeSumNanos();
      examples += contribution.examples();
      steps += contribution.steps();
      lossSum += contribution.lossSum();
    }
    int slots = Math.min(plan.workers(), context.defaultParallelism());
    double compute = Math.max((double) computeMax, (double) computeSum / slots);
    RoundTiming timing =
        new RoundTiming(
            (sent - begin) / NANOS,
            computeMax / NANOS,
            computeSum / NANOS / plan.workers(),
            compute / NANOS,
            (collected - sent - compute) / NANOS,
            (averaged - collected) / NANOS);
    return new RoundOutcome(next, examples, steps, lossSum, timing);
  }

  /** At most fan-in contributions: the workers' own, or sums of groups of them, level by level. */
  private RDD<Delivery> contributions(RoundExchange exchange, int epoch, int round) {
    RDD<Delivery> level =
        new RoundRdd(
            shares.blocks(),
            new WorkerRound(
                exchange,
                configurationJson,
                trainingId,
                recipe,
                shares.shape(),
                plan,
                epoch,
                round));
    int group = fanIn;
    for (int width = plan.workers(); width > fanIn; width = (width + group - 1) / group) {
      int groups = (width + group - 1) / group;
      level =
          level
              .toJavaRDD()
              .mapToPair(
                  delivery -> new Tuple2<>(exchange.receive(delivery).index() / group, delivery))
              .partitionBy(new HashPartitioner(groups))
              .mapPartitionsWithIndex((index, members) -> sum(index, members, exchange), true)
              .rdd();
    }
    return level;
  }

  private static Iterator<Delivery> sum(
      int index, Iterator<Tuple2<Integer, Delivery>> group, RoundExchange exchange) {
    List<Contribution> members = new ArrayList<>();
    group.forEachRemaining(member -> members.add(exchange.receive(member._2())));
    return List.of(exchange.deliver(PartialSum.of(index, members))).iterator();
  }

  private static String label(int epoch, int round, int rounds) {
    return "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
  }
}

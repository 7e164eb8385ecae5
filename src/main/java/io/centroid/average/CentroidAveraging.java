package io.centroid.average;

import io.centroid.average.RoundExchange.ResultHandle;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
  private final AveragingSettings averaging;
  private final StepRecipe recipe;
  private final TrainingSession session;
  private final Broadcast<TrainingSession> broadcast;

  /**
   * Creates an engine over dealt shares.
   *
   * @param configurationJson the Deeplearning4j configuration of the network, as JSON
   * @param recipe how the workers train
   * @param plan how epochs are cut
   * @param averaging how their results are averaged; the frequency is that of {@code plan}
   * @throws IllegalArgumentException when the plan is not one for these shares
   */
  public CentroidAveraging(
      JavaSparkContext context,
      WorkerShares shares,
      String configurationJson,
      StepRecipe recipe,
      RoundPlan plan,
      AveragingSettings averaging) {
    if (plan.examples() != shares.examples()
        || plan.workers() != shares.workers()
        || plan.seed() != shares.seed()) {
      throw new IllegalArgumentException(
          "Cannot train on shares of %d examples for %d workers with seed %d: found %s."
              .formatted(shares.examples(), shares.workers(), shares.seed(), plan));
    }
    this.context = context;
    this.shares = shares;
    this.recipe = recipe;
    this.plan = plan;
    this.averaging = averaging;
    this.session = TrainingSession.of(configurationJson);
    this.broadcast = context.broadcast(session);
  }

  @Override
  public TrainingPosition trainEpoch(TrainingPosition from, RoundListener listener) {
    TrainingPosition position = from;
    int rounds = plan.rounds();
    long last = System.nanoTime();
    for (int round = from.round(); round < rounds; round++) {
      String label = label(from.epoch(), round, rounds);
      context.setJobGroup("epoch " + from.epoch(), label, false);
      RoundOutcome outcome = round(position.state(), from.epoch(), round);
      RoundTally done = outcome.tally();
      double meanLoss = done.lossSum() / done.examples();
      Divergence.check(meanLoss, label);
      long now = System.nanoTime();
      EpochTally tally =
          position
              .tally()
              .plus(
                  done.used(),
                  done.steps(),
                  done.lossSum(),
                  (now - last) / NANOS,
                  outcome.timing());
      last = now;
      position = new TrainingPosition(from.epoch(), round + 1, outcome.state(), tally);
      listener.roundDone(position, meanLoss);
    }
    context.clearJobGroup();
    requireEachOnce(from.epoch(), position.tally().used());
    Divergence.check(position.state(), from.epoch());
    return position;
  }

  private void requireEachOnce(int epoch, Coverage used) {
    if (!used.equals(shares.coverage())) {
      String found =
          used.examples() == plan.examples()
              ? "some used twice, not at all, or not of the split"
              : used.examples() + " used";
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot finish epoch %d: found examples %s, expected each of %d once."
              .formatted(epoch, found, plan.examples()));
    }
  }

  @Override
  public void close() {
    broadcast.destroy(); // on the executors this closes the session
    session.close();
  }

  /** What one round came to. */
  private record RoundOutcome(AveragingState state, RoundTally tally, RoundTiming timing) {}

  private RoundOutcome round(AveragingState from, int epoch, int round) {
    TrainingState state = from.training();
    long begin = System.nanoTime();
    List<Contribution> contributions;
    long sent;
    try (RoundExchange exchange =
        RoundExchange.open(context, session.id(), state, plan.workers(), averaging.fanIn())) {
      sent = System.nanoTime();
      contributions = RoundRdd.collect(contributions(exchange, epoch, round), exchange);
    }
    long collected = System.nanoTime();
    WeightedSum sum = WeightedSum.of(contributions);
    AveragingState next = next(from, WeightedMean.of(sum, state.iteration()));
    long averaged = System.nanoTime();

    RoundTally tally = sum.tally();
    int slots = Math.min(plan.workers(), context.defaultParallelism());
    double compute =
        Math.max((double) tally.computeMaxNanos(), (double) tally.computeSumNanos() / slots);
    RoundTiming timing =
        new RoundTiming(
            tally.examples(),
            (sent - begin) / NANOS,
            tally.computeMaxNanos() / NANOS,
            tally.computeSumNanos() / NANOS / plan.workers(),
            compute / NANOS,
            (collected - sent - compute) / NANOS,
            (averaged - collected) / NANOS);
    return new RoundOutcome(next, tally, timing);
  }

  private AveragingState next(AveragingState from, TrainingState average) {
    TrainingState training = average;
    float[] velocity = from.velocity();
    if (averaging.outerMomentum() > 0) {
      float[] before = from.training().parameters();
      float momentum = (float) averaging.outerMomentum();
      velocity = OuterMomentum.velocity(momentum, velocity, before, average.parameters());
      training =
          new TrainingState(
              OuterMomentum.moved(before, velocity), average.updaterState(), average.iteration());
    }
    if (averaging.emaDecay() == 0) {
      return new AveragingState(training, velocity, from.movingAverage(), from.averagedRounds());
    }
    float[] movingAverage =
        MovingAverage.plus(
            averaging.emaDecay(),
            from.movingAverage(),
            from.averagedRounds(),
            training.parameters());
    return new AveragingState(training, velocity, movingAverage, from.averagedRounds() + 1);
  }

  /** At most fan-in contributions: the workers' own, or sums of groups of them, level by level. */
  private RDD<ResultHandle> contributions(RoundExchange exchange, int epoch, int round) {
    RDD<ResultHandle> level =
        new RoundRdd(
            shares.blocks(),
            new WorkerRound(exchange, broadcast, recipe, shares.shape(), plan, epoch, round));
    int group = averaging.fanIn();
    for (int width = plan.workers(); width > group; width = (width + group - 1) / group) {
      int groups = (width + group - 1) / group;
      level =
          level
              .toJavaRDD()
              .mapToPair(handle -> new Tuple2<>(exchange.get(handle).index() / group, handle))
              .partitionBy(new HashPartitioner(groups))
              .mapPartitionsWithIndex((index, members) -> sum(index, members, exchange), true)
              .rdd();
    }
    return level;
  }

  private static Iterator<ResultHandle> sum(
      int index, Iterator<Tuple2<Integer, ResultHandle>> group, RoundExchange exchange) {
    List<Contribution> members = new ArrayList<>();
    group.forEachRemaining(member -> members.add(exchange.get(member._2())));
    return List.of(exchange.put(PartialSum.of(index, members))).iterator();
  }

  private static String label(int epoch, int round, int rounds) {
    return "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
  }
}

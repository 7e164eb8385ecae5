package io.centroid.average;

import io.centroid.average.RoundTally.Time;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.job.SparkSessions;
import io.centroid.run.RoundTiming;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Weighted, ordered, reproducible averaging of parameters and updater state.
 *
 * <p>A round is one Spark job over the workers' shares: one state down, one result per worker up.
 * The result depends on the settings, the data and the number of logical workers alone: not on
 * executors, cores, partitions, retries or speculation.
 */
public final class CentroidAveraging implements AveragingEngine {
  /** Contributions that are held to be added up together; with more there is a sum in memory. */
  public static final int ADDED_AT_ONCE = 4;

  /** Contributions that are on their way, or wait for those before them, in one place. */
  public static final int FETCHED_AHEAD = 2;

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
    shares.balance();
    long last = System.nanoTime();
    for (int round = from.round(); round < rounds; round++) {
      String label = label(from.epoch(), round, rounds);
      context.setJobGroup("epoch " + from.epoch(), label, false);
      RoundOutcome outcome = round(position.state(), from.epoch(), round);
      RoundTally done = outcome.tally();
      double meanLoss = done.lossSum() / done.examples();
      Divergence.check(meanLoss, label);
      long now = System.nanoTime();
      double seconds = (now - last) / NANOS;
      last = now;
      EpochTally tally =
          position
              .tally()
              .plus(done.used(), done.steps(), done.lossSum(), seconds, outcome.timing(seconds));
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

  /**
   * What one round came to.
   *
   * @param slots how many workers trained at once
   * @param job nanoseconds of the workers' tasks, from submitting them to the last result
   * @param fetch nanoseconds until the driver had the results after that
   * @param average nanoseconds until it had their average after that
   */
  private record RoundOutcome(
      AveragingState state, RoundTally tally, int slots, long job, long fetch, long average) {

    /** Where the time went of a round that took so many seconds. */
    RoundTiming timing(double seconds) {
      Time time = tally.slowest();
      double share = 1;
      if (tally.all().total() > (double) slots * time.total()) {
        time = tally.all();
        share = 1.0 / slots;
      }
      share = Math.min(share, job / (double) time.total()); // not all slots are as fast
      double inTasks = time.total() * share;
      return new RoundTiming(
          tally.examples(),
          (job - inTasks) / NANOS,
          time.down() * share / NANOS,
          time.steps() * share / NANOS,
          (time.up() * share + fetch) / NANOS,
          average / NANOS,
          Math.max(0, seconds - (job + fetch + average) / NANOS));
    }
  }

  private RoundOutcome round(AveragingState from, int epoch, int round) {
    TrainingState state = from.training();
    int slots = Math.min(plan.workers(), SparkSessions.slots(context));
    WorkerRound work =
        new WorkerRound(
            RoundExchange.open(context, session.id(), state, plan.workers(), averaging.fanIn()),
            broadcast,
            recipe,
            shares.shape(),
            plan,
            epoch,
            round);
    try (RoundExchange exchange = work.exchange()) {
      RoundTree tree =
          new RoundTree(
              context.sc(), new RoundRdd(shares.shares(), work), exchange, averaging.fanIn());
      long begin = System.nanoTime();
      WeightedSum sum = tree.sum();
      TrainingState average = sum.mean(state.iteration());
      long averaged = System.nanoTime();
      return new RoundOutcome(
          next(from, average),
          sum.tally(),
          slots,
          tree.trained() - begin,
          tree.fetched() - tree.trained(),
          averaged - tree.fetched());
    }
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

  private static String label(int epoch, int round, int rounds) {
    return "epoch %d, round %d of %d".formatted(epoch, round + 1, rounds);
  }
}

package io.centroid.average;

import io.centroid.compute.StepRecipe;
import io.centroid.config.AveragingSettings;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.run.RoundTiming;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Weighted, ordered, reproducible averaging of parameters and updater state.
 *
 * <p>The result depends on the settings, the data and the number of logical workers alone: not on
 * executors, cores, partitions, retries or speculation, nor on how {@link Rounds} are made.
 */
public final class CentroidAveraging implements AveragingEngine {
  /** Contributions that are held to be added up together; with more there is a sum in memory. */
  public static final int ADDED_AT_ONCE = 4;

  /** Contributions that are on their way, or wait for those before them, in one place. */
  public static final int FETCHED_AHEAD = 2;

  private final JavaSparkContext context;
  private final WorkerShares shares;
  private final RoundPlan plan;
  private final AveragingSettings averaging;
  private final StepRecipe recipe;
  private final TrainingSession session;
  private final Broadcast<TrainingSession> broadcast;
  private Rounds rounds;
  private Consumer<String> say = line -> {};

  /**
   * Creates an engine over dealt shares.
   *
   * @param configurationJson the Deeplearning4j configuration of the network, as JSON
   * @param recipe how the workers train
   * @param plan how epochs are cut after those for warming up
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
    this.rounds = new RoundsByJob(training());
  }

  /**
   * Has rounds made between the executors from now on, instead of by a job each, where it can be
   * done and {@code spark.centroid.rounds} is not {@code job}; the bits are the same.
   *
   * @param room whether executors have memory for it
   * @param fallback is told in one line when it is not done, and why
   */
  public CentroidAveraging betweenExecutors(boolean room, Consumer<String> fallback) {
    if (!RoundsBetweenExecutors.isWanted(context)) {
      return this;
    }
    say = fallback;
    Optional<String> obstacle =
        room
            ? RoundsBetweenExecutors.obstacle(context)
            : Optional.of("there is too little memory for it.");
    if (obstacle.isPresent()) {
      say(obstacle.get());
      return this;
    }
    rounds = new RoundsBetweenExecutors(training());
    return this;
  }

  private void say(String reason) {
    say.accept("Rounds: a Spark job each, not between the executors: " + reason);
  }

  /** How an epoch is cut, from 1. */
  private RoundPlan plan(int epoch) {
    return plan.inEpoch(epoch, averaging.warmUpEpochs());
  }

  private WorkerSteps steps(int epoch) {
    return new WorkerSteps(broadcast, recipe, shares.shape(), plan(epoch), epoch);
  }

  private Rounds.Training training() {
    return new Rounds.Training(
        context, shares, session.id(), OuterStep.of(averaging), averaging.fanIn(), this::steps);
  }

  @Override
  public TrainingPosition trainEpoch(TrainingPosition from, RoundListener listener) {
    TrainingPosition position = from;
    int all = plan(from.epoch()).rounds();
    Noticing noticing = new Noticing(listener);
    shares.balance();
    long since = System.nanoTime();
    while (noticing.goesOn && position.round() < all) {
      int interval = listener.interval();
      long end = ((long) position.round() / interval + 1) * interval;
      position = train(position, (int) Math.min(all, end), since, noticing);
      since = System.nanoTime();
      if (position.round() < all) {
        listener.reached(position);
      }
    }
    if (position.round() == all) {
      requireEachOnce(from.epoch(), position.tally().used());
      Divergence.check(position.state(), from.epoch());
    }
    return position;
  }

  /** Tells of each round once, also where it is made again. */
  private static final class Noticing implements RoundListener {
    private final RoundListener listener;
    private int told;
    private boolean goesOn = true;

    Noticing(RoundListener listener) {
      this.listener = listener;
    }

    @Override
    public boolean roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
      if (round > told) {
        told = round;
        goesOn = listener.roundDone(epoch, round, meanLoss, timing);
      }
      return goesOn;
    }
  }

  private TrainingPosition train(
      TrainingPosition from, int to, long since, RoundListener listener) {
    try {
      return rounds.train(from, to, since, listener);
    } catch (RoundsBetweenExecutors.UnreachableException e) {
      say(e.getMessage());
      rounds.close();
      rounds = new RoundsByJob(training());
      return rounds.train(from, to, since, listener);
    }
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
    rounds.close();
    broadcast.destroy(); // on the executors this closes the session
    session.close();
  }
}

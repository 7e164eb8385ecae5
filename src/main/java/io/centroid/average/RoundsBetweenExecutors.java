package io.centroid.average;

import io.centroid.average.Contribution.WorkerResult;
import io.centroid.average.RoundExchange.ResultHandle;
import io.centroid.average.StretchRdd.RoundReport;
import io.centroid.average.StretchRdd.Stretch;
import io.centroid.average.StretchRdd.Trouble;
import io.centroid.collective.Membership;
import io.centroid.collective.Membership.Member;
import io.centroid.collective.Rendezvous;
import io.centroid.collective.Rendezvous.Attempt;
import io.centroid.collective.Rendezvous.Event;
import io.centroid.compute.TrainingState;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.AsyncJob;
import io.centroid.job.JobGroup;
import io.centroid.job.SparkSessions;
import io.centroid.run.RoundTiming;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One Spark job makes many rounds: its tasks exchange what they came to between them, and the
 * driver gets the state after the last one, and a report of each. When a task or the way to it is
 * lost, all of the job's tasks end, and the rounds are made again from the last state that the
 * driver has.
 */
final class RoundsBetweenExecutors implements Rounds {
  private static final Logger LOG = LogManager.getLogger();
  private static final int MAX_ATTEMPTS = 4;

  /** How long executors that were lost may take to come back. */
  private static final int PATIENCE_SECONDS = 10;

  /** {@code job} has every round be a job of its own. */
  private static final String PROPERTY = "spark.centroid.rounds";

  private static final String BETWEEN_EXECUTORS = "executors";

  private static final double NANOS = 1e9;

  private final Training training;
  private final Rendezvous rendezvous;

  /** There is no way from one executor to another, in two attempts one after the other. */
  static final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreachableException(String message) {
      super(message);
    }
  }

  RoundsBetweenExecutors(Training training) {
    this.training = training;
    this.rendezvous = Rendezvous.open(name(training.training()));
  }

  private static String name(String training) {
    return "centroid-" + training;
  }

  /**
   * Whether an application has not asked for others.
   *
   * @throws JobException when it asked for what there is not (category SETTINGS)
   */
  static boolean isWanted(JavaSparkContext context) {
    String asked = context.getConf().get(PROPERTY, BETWEEN_EXECUTORS);
    return switch (asked) {
      case BETWEEN_EXECUTORS -> true;
      case "job" -> false;
      default ->
          throw JobException.settings(
              "Cannot make rounds: found %s=%s, expected executors or job."
                  .formatted(PROPERTY, asked));
    };
  }

  /** Why an application's executors cannot make rounds between them, if so. */
  static Optional<String> obstacle(JavaSparkContext context) {
    return context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)
        ? Optional.of("spark.dynamicAllocation.enabled is true.")
        : Optional.empty();
  }

  @Override
  public TrainingPosition train(TrainingPosition from, int to, long since, RoundListener listener) {
    Rounding rounding = new Rounding(from, to, since, listener);
    for (int failed = 0; failed < MAX_ATTEMPTS; failed++) {
      int told = rounding.told;
      Optional<TrainingPosition> end = rounding.attempt();
      if (end.isPresent()) {
        return end.get();
      }
      failed = rounding.told > told ? 0 : failed; // it got further than those before
      LOG.warn(
          "Rounds are made again from round {} on: {}",
          from.round() + 1,
          rounding.failure.getMessage());
      SparkSessions.awaitFreeSlots(training.context(), rounding.members, PATIENCE_SECONDS);
      training.shares().balance();
    }
    throw rounding.givenUp();
  }

  /** Some rounds, until they are made. */
  private final class Rounding {
    private final TrainingPosition from;
    private final int to;
    private final RoundListener listener;
    private final WorkerSteps workers;
    private final long began;
    private int told;

    private int members;
    private EpochTally tally;
    private int done;
    private int steps;
    private RuntimeException failure;
    private boolean lost;
    private boolean unreachable;

    Rounding(TrainingPosition from, int to, long since, RoundListener listener) {
      this.from = from;
      this.to = to;
      this.began = since;
      this.listener = listener;
      this.workers = training.steps().apply(from.epoch());
    }

    RuntimeException givenUp() {
      return lost
          ? new JobException(
              FailureCategory.RESOURCES,
              "Cannot finish a round: found an executor lost in %d attempts one after another, none of which got further, expected all to the end. The last: %s. Look in the executors' logs for what ends them."
                  .formatted(MAX_ATTEMPTS, failure.getMessage()),
              failure)
          : failure;
    }

    /** The name of these rounds. */
    private String label() {
      return to == from.round() + 1
          ? label(from.round())
          : "epoch %d, rounds %d to %d of %d"
              .formatted(from.epoch(), from.round() + 1, to, workers.plan().rounds());
    }

    private String label(int round) {
      return Rounds.label(from.epoch(), round, workers.plan().rounds());
    }

    /** One attempt; nothing when it failed, for a reason that another one may not have. */
    Optional<TrainingPosition> attempt() {
      training.shares().settle();
      members = Math.min(training.shares().workers(), SparkSessions.freeSlots(training.context()));
      tally = from.tally();
      done = 0;
      steps = 0;
      TrainingState state = from.state().training().inSlots();
      float[][] arrays = concat(state.arrays(), training.outer().kept(from.state()));
      try (RoundExchange exchange =
          RoundExchange.open(
              training.context(),
              training.training(),
              TrainingState.of(arrays, state.iteration()),
              training.context().isLocal() ? 1 : members,
              training.fanIn())) {
        long id = training.context().sc().newRddId();
        Attempt attempt = rendezvous.expect(id, members, this::assign);
        Stretch stretch =
            new Stretch(
                id,
                name(training.training()),
                members,
                from.round(),
                to,
                training.fanIn(),
                from.state().averagedRounds(),
                state.arrays().length,
                state.iteration());
        AtomicReference<ResultHandle> end = new AtomicReference<>();
        StretchRdd tasks =
            new StretchRdd(
                training.shares().stored().rdd(), stretch, workers, exchange, training.outer());
        AsyncJob job =
            JobGroup.run(
                training.context(),
                "epoch " + from.epoch(),
                label(),
                () ->
                    AsyncJob.submit(
                        training.context().sc(),
                        tasks,
                        IntStream.range(0, members).boxed().toList(),
                        (member, handle) -> {
                          if (handle != null) {
                            end.set((ResultHandle) handle);
                          }
                        }));
        job.whenOver(() -> attempt.events().add(new Event.Over()));
        try {
          if (follow(attempt, job)) {
            return end(exchange, end.get());
          }
        } catch (RuntimeException | Error e) {
          job.cancel();
          throw e;
        }
      }
      return Optional.empty();
    }

    /** Listens to an attempt until it is over; false when it failed. */
    private boolean follow(Attempt attempt, AsyncJob job) {
      while (true) {
        Event event;
        try {
          event = attempt.events().poll(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw job.interrupted();
        }
        if (event == null && !attempt.isTogether() && fewerSlots()) {
          job.cancel(); // Spark would wait for them for ever
          return false;
        }
        if (event instanceof Event.Told report) {
          if (!tell((RoundReport) report.content())) {
            attempt.stop();
          }
        } else if (event instanceof Event.Broken broken) {
          job.cancel();
          failed((Trouble) broken.reason());
          return false;
        } else if (event instanceof Event.Over) {
          return isWell(job);
        }
      }
    }

    /** Whether executors were lost, so that not all members can start. */
    private boolean fewerSlots() {
      int slots = SparkSessions.slots(training.context());
      if (slots >= members) {
        return false;
      }
      lost = true;
      failure =
          new IllegalStateException(
              "%d tasks were to start together, and there are slots for %d"
                  .formatted(members, slots));
      return true;
    }

    private boolean isWell(AsyncJob job) {
      try {
        job.await();
        return true;
      } catch (JobException e) {
        throw e;
      } catch (RuntimeException e) {
        failure = e;
        return false;
      } catch (Exception e) { // Scala throws checked exceptions without saying so
        failure = new IllegalStateException(e.getMessage(), e);
        return false;
      }
    }

    private void failed(Trouble trouble) {
      if (trouble.category() != null) {
        throw new JobException(trouble.category(), trouble.message());
      }
      if (trouble.unreachable() && unreachable) { // once may be an executor that has just ended
        throw new UnreachableException(trouble.message());
      }
      unreachable = trouble.unreachable();
      lost = trouble.lost();
      failure = new IllegalStateException(trouble.message());
    }

    /** Tells of a round, also of one that is made again; whether to go on. */
    private boolean tell(RoundReport report) {
      if (report.round() != from.round() + done) {
        throw new IllegalStateException(
            "round %d is told, expected %d".formatted(report.round(), from.round() + done));
      }
      RoundTally round = report.tally();
      RoundTiming timing = report.timing();
      if (done == 0) { // whatever was before is waiting for it
        timing = timing.plusSlot((System.nanoTime() - began) / NANOS - timing.total());
      }
      done++;
      steps += round.longestSteps();
      tally =
          tally.plus(
              round.used(), round.weight(), round.steps(), round.lossSum(), timing.total(), timing);
      told = Math.max(told, done);
      Divergence.check(round.meanLoss(), label(report.round()));
      return listener.roundDone(from.epoch(), report.round() + 1, round.meanLoss(), timing);
    }

    /** The position after all rounds, unless its state is lost with its executor. */
    private Optional<TrainingPosition> end(RoundExchange exchange, ResultHandle handle) {
      try {
        return Optional.of(reached(((WorkerResult) exchange.fetch(handle).join()).state()));
      } catch (CompletionException e) {
        if (ExceptionUtils.indexOfType(e, OutOfMemoryError.class) >= 0) {
          throw new JobException(
              FailureCategory.RESOURCES,
              "Cannot fetch the state after a round: found no memory, expected room for it. Use a larger --driver-memory.",
              e);
        }
        lost = true;
        failure = new IllegalStateException("the state after them is lost: " + e.getCause(), e);
        return Optional.empty();
      }
    }

    private TrainingPosition reached(TrainingState end) {
      TrainingState before = from.state().training().inSlots();
      float[][] all = end.arrays();
      int arrays = before.arrays().length;
      TrainingState after =
          TrainingState.of(Arrays.copyOf(all, arrays), before.iteration() + steps);
      return new TrainingPosition(
          from.epoch(),
          from.round() + done,
          training
              .outer()
              .after(from.state(), done, after, Arrays.copyOfRange(all, arrays, all.length)),
          tally);
    }

    /** Workers go where their shares lie, as evenly as there are members. */
    private Membership assign(List<Member> joined) {
      List<String> lie = training.shares().executors();
      int[] memberOf = new int[training.shares().workers()];
      int[] load = new int[joined.size()];
      int most = (training.shares().workers() + joined.size() - 1) / joined.size();
      Arrays.fill(memberOf, -1);
      for (int worker = 0; worker < memberOf.length; worker++) {
        String executor = lie.get(worker);
        take(
            memberOf,
            worker,
            load,
            member -> load[member] < most && joined.get(member).executor().equals(executor));
      }
      for (int worker = 0; worker < memberOf.length; worker++) {
        if (memberOf[worker] < 0) {
          take(memberOf, worker, load, member -> true);
        }
      }
      return new Membership(joined, memberOf);
    }

    /** Gives a worker to the member with the fewest, of those it may go to. */
    private static void take(int[] memberOf, int worker, int[] load, IntPredicate mayGoTo) {
      IntStream.range(0, load.length)
          .filter(mayGoTo)
          .boxed()
          .min(Comparator.comparing(member -> load[member]))
          .ifPresent(
              member -> {
                memberOf[worker] = member;
                load[member]++;
              });
    }
  }

  private static float[][] concat(float[][] first, float[][] second) {
    float[][] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public void close() {
    rendezvous.close();
  }
}

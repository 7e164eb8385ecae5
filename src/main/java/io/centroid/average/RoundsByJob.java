package io.centroid.average;

import io.centroid.average.RoundTally.Time;
import io.centroid.compute.TrainingState;
import io.centroid.job.JobGroup;
import io.centroid.job.SparkSessions;
import io.centroid.run.RoundTiming;

/** A round is a Spark job over the workers' shares: one state down, one result per worker up. */
final class RoundsByJob implements Rounds {
  private static final double NANOS = 1e9;

  private final Training training;

  RoundsByJob(Training training) {
    this.training = training;
  }

  @Override
  public TrainingPosition train(TrainingPosition from, int to, long since, RoundListener listener) {
    TrainingPosition position = from;
    WorkerSteps steps = training.steps().apply(from.epoch());
    long last = since;
    boolean goesOn = true;
    while (goesOn && position.round() < to) {
      String label = Rounds.label(from.epoch(), position.round(), steps.plan().rounds());
      TrainingPosition before = position;
      RoundOutcome outcome =
          JobGroup.run(
              training.context(),
              "epoch " + from.epoch(),
              label,
              () -> round(before.state(), steps, before.round()));
      RoundTally done = outcome.tally();
      Divergence.check(done.meanLoss(), label);
      long now = System.nanoTime();
      double seconds = (now - last) / NANOS;
      last = now;
      RoundTiming timing = outcome.timing(seconds);
      position =
          new TrainingPosition(
              from.epoch(),
              position.round() + 1,
              outcome.state(),
              position
                  .tally()
                  .plus(done.used(), done.weight(), done.steps(), done.lossSum(), seconds, timing));
      goesOn = listener.roundDone(from.epoch(), position.round(), done.meanLoss(), timing);
    }
    return position;
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
          1,
          tally.examples(),
          (job - inTasks) / NANOS,
          time.down() * share / NANOS,
          time.steps() * share / NANOS,
          (time.up() * share + fetch) / NANOS,
          average / NANOS,
          Math.max(0, seconds - (job + fetch + average) / NANOS));
    }
  }

  private RoundOutcome round(AveragingState from, WorkerSteps steps, int round) {
    TrainingState state = from.training();
    int slots = Math.min(training.shares().workers(), SparkSessions.slots(training.context()));
    try (RoundExchange exchange =
        RoundExchange.open(
            training.context(),
            training.training(),
            state,
            training.shares().workers(),
            training.fanIn())) {
      RoundTree tree =
          new RoundTree(
              training.context(),
              training.shares().shares(),
              steps,
              round,
              exchange,
              training.fanIn());
      long begin = System.nanoTime();
      WeightedSum sum = tree.sum();
      TrainingState average = sum.mean(state.iteration());
      long averaged = System.nanoTime();
      return new RoundOutcome(
          training.outer().next(from, average),
          sum.tally(),
          slots,
          tree.trained() - begin,
          tree.fetched() - tree.trained(),
          averaged - tree.fetched());
    }
  }
}

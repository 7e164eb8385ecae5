package io.centroid.benchmark;

import io.centroid.benchmark.RoundCost.Exchange;
import io.centroid.benchmark.RoundCost.Link;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Rounds of a cluster that is not there, event by event: steps that take longer on some executors,
 * slices that wait for the link of who sends them and of who receives them, and executors that are
 * lost. One worker on each executor.
 *
 * @param exchange among as many executors as workers
 * @param cost of a round beside steps and network
 * @param steps seconds of a worker's steps in a round
 * @param spread standard deviation of the logarithm of that, from executor to executor and round to
 *     round
 * @param failure how executors are lost
 */
record ClusterSimulation(
    Exchange exchange, RoundCost cost, Link link, double steps, double spread, Failure failure) {

  /**
   * How executors are lost, and what it takes to go on.
   *
   * @param meanSeconds between two losses of one executor
   * @param stretch rounds after which the driver has a state to go on from
   * @param recovery seconds until the loss is noticed and the tasks run again
   */
  record Failure(double meanSeconds, int stretch, double recovery) {
    /** None is lost. */
    static final Failure NEVER = new Failure(Double.POSITIVE_INFINITY, 1, 0);
  }

  /** A slice on its way: when it can leave, who has it, and the how many-th of its sender's. */
  private record Sending(double ready, int sender, int number) implements Comparable<Sending> {
    @Override
    public int compareTo(Sending other) {
      int byTime = Double.compare(ready, other.ready);
      return byTime != 0 ? byTime : Integer.compare(sender, other.sender);
    }
  }

  /** Mean seconds of a round, over so many rounds, with those that were made in vain. */
  double secondsOfRound(int rounds, long seed) {
    Random random = new Random(seed);
    double together = 0;
    for (int round = 0; round < rounds; round++) {
      together += round(random);
    }
    return withFailures(together / rounds);
  }

  /** One round in which nobody is lost. */
  private double round(Random random) {
    int executors = exchange.executors();
    double[] done = new double[executors];
    for (int executor = 0; executor < executors; executor++) {
      done[executor] = steps * Math.exp(spread * random.nextGaussian());
    }
    double slice = exchange.stateBytes() / executors;
    double[] gathered = exchanged(done, slice);
    double fold = exchange.folded() * cost.perFolded() + cost.fixed();
    for (int executor = 0; executor < executors; executor++) {
      gathered[executor] += fold;
    }
    return Arrays.stream(exchanged(gathered, slice)).max().orElseThrow();
  }

  /**
   * When each executor has a slice from every other one.
   *
   * @param ready when each can begin to send
   */
  private double[] exchanged(double[] ready, double slice) {
    int executors = ready.length;
    double[] linkIn = new double[executors];
    double[] last = ready.clone();
    PriorityQueue<Sending> queue = new PriorityQueue<>();
    for (int executor = 0; executor < executors && executors > 1; executor++) {
      queue.add(new Sending(ready[executor], executor, 1));
    }
    double seconds = slice * (cost.perByte() + 1 / link.bytesPerSecond());
    while (!queue.isEmpty()) {
      Sending next = queue.remove();
      int receiver = (next.sender() + next.number()) % executors;
      double begin = Math.max(next.ready(), linkIn[receiver]);
      double end = begin + seconds;
      linkIn[receiver] = end;
      last[receiver] = Math.max(last[receiver], end + link.latency());
      if (next.number() + 1 < executors) {
        queue.add(new Sending(end, next.sender(), next.number() + 1));
      }
    }
    return last;
  }

  /**
   * A stretch of K rounds that is interrupted is made again from its beginning. With losses at the
   * rate λ (of all executors together) a stretch of T seconds takes (e^{λT} − 1)·(1/λ + R) until it
   * is through, R being the recovery (Daly, A higher order estimate of the optimum checkpoint
   * interval for restart dumps, 2006, without the checkpoint's own time).
   */
  private double withFailures(double round) {
    double rate = exchange.executors() / failure.meanSeconds();
    if (rate == 0) {
      return round;
    }
    double stretch = failure.stretch() * round;
    return Math.expm1(rate * stretch) * (1 / rate + failure.recovery()) / failure.stretch();
  }
}

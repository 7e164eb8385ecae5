package io.centroid.average;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.example.Coverage;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers did in a round, counted.
 *
 * @param used which examples, as the steps met them
 * @param weight the sum of their weights, which are 1 each where examples have none
 * @param steps steps made, over all workers
 * @param longestSteps the largest number of steps of one worker
 * @param lossSum sum of the examples' losses, each times its weight
 * @param slowest where the time of the slowest worker went
 * @param all where the time of all workers went
 */
@DefaultSerializer(RecordSerializer.class)
record RoundTally(
    Coverage used,
    double weight,
    long steps,
    int longestSteps,
    double lossSum,
    Time slowest,
    Time all)
    implements Serializable {

  /**
   * Where the time of a worker in a round went, nanoseconds by its own clock.
   *
   * @param down until it had the state to start from
   * @param steps local training
   * @param up handing its state over, until the next one can fetch it
   */
  @DefaultSerializer(RecordSerializer.class)
  record Time(long down, long steps, long up) implements Serializable {
    static final Time NONE = new Time(0, 0, 0);

    long total() {
      return down + steps + up;
    }

    Time plus(Time other) {
      return new Time(down + other.down, steps + other.steps, up + other.up);
    }
  }

  private static final int BYTES = 8 * Long.BYTES;

  /** Of nobody. */
  static final RoundTally NONE = new RoundTally(Coverage.NONE, 0, 0, 0, 0, Time.NONE, Time.NONE);

  /** Of one worker, before it has handed its state over. */
  static RoundTally of(
      Coverage used, double weight, int steps, double lossSum, long downNanos, long stepNanos) {
    Time time = new Time(downNanos, stepNanos, 0);
    return new RoundTally(used, weight, steps, steps, lossSum, time, time);
  }

  /** Of one worker that took so long to hand its state over. */
  RoundTally handedOver(long nanos) {
    Time time = slowest.plus(new Time(0, 0, nanos));
    return new RoundTally(used, weight, steps, longestSteps, lossSum, time, time);
  }

  /** How many examples were used. */
  long examples() {
    return used.examples();
  }

  /** Weighted mean loss over the examples. */
  double meanLoss() {
    return lossSum / weight;
  }

  /** The bytes of one worker's tally. */
  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(used.examples())
        .putLong(used.idSum())
        .putDouble(weight)
        .putLong(steps)
        .putDouble(lossSum)
        .putLong(slowest.down())
        .putLong(slowest.steps())
        .putLong(slowest.up())
        .array();
  }

  /** One worker's tally of its {@link #bytes}. */
  static RoundTally of(ByteBuffer bytes) {
    Coverage used = new Coverage(bytes.getLong(), bytes.getLong());
    double weight = bytes.getDouble();
    int steps = Math.toIntExact(bytes.getLong());
    double lossSum = bytes.getDouble();
    Time time = new Time(bytes.getLong(), bytes.getLong(), bytes.getLong());
    return new RoundTally(used, weight, steps, steps, lossSum, time, time);
  }

  /** Of all workers, as a tree of sums with this fan-in comes to it. */
  static RoundTally of(List<RoundTally> workers, int fanIn) {
    List<RoundTally> level = workers;
    while (level.size() > fanIn) {
      List<RoundTally> above = new ArrayList<>();
      for (int from = 0; from < level.size(); from += fanIn) {
        above.add(sum(level.subList(from, Math.min(from + fanIn, level.size()))));
      }
      level = above;
    }
    return sum(level);
  }

  private static RoundTally sum(List<RoundTally> tallies) {
    return tallies.stream().reduce(NONE, RoundTally::plus);
  }

  /** Of these workers and others; losses and weights are added in the order of the calls. */
  RoundTally plus(RoundTally other) {
    return new RoundTally(
        used.plus(other.used),
        weight + other.weight,
        steps + other.steps,
        Math.max(longestSteps, other.longestSteps),
        lossSum + other.lossSum,
        other.slowest.total() > slowest.total() ? other.slowest : slowest,
        all.plus(other.all));
  }
}

package io.centroid.run;

import io.centroid.json.MayLack;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of one round, or of some that follow each other, went, in seconds; the parts make
 * up the whole. What happens in tasks is that of the slowest worker or, with more workers than task
 * slots, the least that all of them could take on the slots there are.
 *
 * @param rounds how many rounds it was; 1 in what was written before they were told together
 * @param examples training examples used in it, by all workers
 * @param slot waiting for a slot: the rest of the Spark job, which is scheduling
 * @param down until workers had the state to start from
 * @param compute local training
 * @param up until the driver had the workers' states
 * @param average adding up and averaging, on the driver and in tasks
 * @param driver the rest on the driver: making the state ready, the outer step, checkpoints and
 *     whoever else is told of rounds
 */
public record RoundTiming(
    @MayLack int rounds,
    long examples,
    double slot,
    double down,
    double compute,
    double up,
    double average,
    double driver)
    implements Serializable {

  /** Names of the parts, in the order in which they are told. */
  public static final List<String> PARTS = List.copyOf(untold(0, 0).parts().keySet());

  /** Of one round or more. */
  public RoundTiming {
    rounds = Math.max(1, rounds);
  }

  /** Of a round by an engine that does not tell the parts. */
  public static RoundTiming untold(long examples, double seconds) {
    return new RoundTiming(1, examples, 0, 0, 0, 0, 0, seconds);
  }

  /** With so much more waiting for a slot; none is less than nothing. */
  public RoundTiming plusSlot(double seconds) {
    return new RoundTiming(
        rounds, examples, slot + Math.max(0, seconds), down, compute, up, average, driver);
  }

  /** Together with rounds that followed. */
  public RoundTiming plus(RoundTiming next) {
    return new RoundTiming(
        rounds + next.rounds,
        examples + next.examples,
        slot + next.slot,
        down + next.down,
        compute + next.compute,
        up + next.up,
        average + next.average,
        driver + next.driver);
  }

  /** The parts by name, in the order of {@link #PARTS}. */
  public Map<String, Double> parts() {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("compute", compute);
    parts.put("slot", slot);
    parts.put("down", down);
    parts.put("up", up);
    parts.put("average", average);
    parts.put("driver", driver);
    return parts;
  }

  /** What is not local training. */
  public double outsideCompute() {
    return total() - compute;
  }

  /** The whole. */
  public double total() {
    return slot + down + compute + up + average + driver;
  }
}

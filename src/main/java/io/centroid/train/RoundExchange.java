package io.centroid.train;

import io.centroid.compute.TrainingState;
import java.io.Serializable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How the state a round starts from gets to the workers and what they made of it comes back: over
 * the wire, or by reference where driver and tasks are one JVM and all results may be held at once.
 * The driver opens one for each round and closes it when the round is over; tasks have a copy.
 */
sealed interface RoundExchange extends Serializable, AutoCloseable {

  /**
   * An exchange for one round that starts from {@code start}.
   *
   * @param results how many there will be
   * @param fanIn how many may be held at once; more of them go by way of Spark, which can spill
   */
  static RoundExchange open(JavaSparkContext context, TrainingState start, int results, int fanIn) {
    return context.isLocal() && results <= fanIn
        ? ByReference.open(start)
        : new ByWire(context.broadcast(start));
  }

  /**
   * A contribution on its way.
   *
   * @param ticket where to find it in this JVM
   * @param contribution itself when it went over the wire, else null
   */
  record Delivery(long ticket, Contribution contribution) {}

  /** In a task: the state to start from; read only. */
  TrainingState start();

  /** In a task: sends a contribution, which may not be changed any more. */
  Delivery deliver(Contribution contribution);

  /** In the driver, or in a task that sums: what was sent. */
  Contribution receive(Delivery delivery);

  /** In the driver: frees whatever was exchanged. */
  @Override
  void close();

  /** One broadcast down, results as the results of tasks. */
  record ByWire(Broadcast<TrainingState> state) implements RoundExchange {
    @Override
    public TrainingState start() {
      return state.value();
    }

    @Override
    public Delivery deliver(Contribution contribution) {
      return new Delivery(0, contribution);
    }

    @Override
    public Contribution receive(Delivery delivery) {
      return delivery.contribution();
    }

    @Override
    public void close() {
      state.destroy();
    }
  }

  /** Nothing but a ticket passes through Spark, which would copy a result half a dozen times. */
  record ByReference(UUID round) implements RoundExchange {
    private static final Map<UUID, Shelf> OPEN = new ConcurrentHashMap<>();

    /** What lies ready in this JVM for one round. */
    private record Shelf(
        TrainingState start, Map<Long, Contribution> contributions, AtomicLong tickets) {}

    static RoundExchange open(TrainingState start) {
      ByReference exchange = new ByReference(UUID.randomUUID());
      OPEN.put(exchange.round(), new Shelf(start, new ConcurrentHashMap<>(), new AtomicLong()));
      return exchange;
    }

    @Override
    public TrainingState start() {
      return shelf().start();
    }

    @Override
    public Delivery deliver(Contribution contribution) {
      long ticket = shelf().tickets().incrementAndGet();
      shelf().contributions().put(ticket, contribution);
      return new Delivery(ticket, null);
    }

    @Override
    public Contribution receive(Delivery delivery) {
      return shelf().contributions().get(delivery.ticket());
    }

    @Override
    public void close() {
      OPEN.remove(round);
    }

    private Shelf shelf() {
      Shelf shelf = OPEN.get(round);
      if (shelf == null) {
        throw new IllegalStateException("Cannot take part in a round: it is over.");
      }
      return shelf;
    }
  }
}

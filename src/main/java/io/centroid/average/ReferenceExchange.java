package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An exchange within one JVM: nothing but a ticket passes through Spark, which would copy a result
 * half a dozen times.
 */
public record ReferenceExchange(UUID round) implements RoundExchange {
  private static final Map<UUID, Shelf> OPEN = new ConcurrentHashMap<>();

  /** What lies ready in this JVM for one round. */
  private record Shelf(
      TrainingState start, Map<Long, Contribution> contributions, AtomicLong tickets) {}

  /** Where a contribution lies. */
  record Ticket(long number) implements Delivery {}

  static RoundExchange open(TrainingState start) {
    ReferenceExchange exchange = new ReferenceExchange(UUID.randomUUID());
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
    return new Ticket(ticket);
  }

  @Override
  public Contribution receive(Delivery delivery) {
    return shelf().contributions().get(((Ticket) delivery).number());
  }

  @Override
  public List<Optional<Contribution>> collect(List<Delivery> deliveries) {
    return deliveries.stream().map(this::receive).map(Optional::of).toList();
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

package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.List;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;

/**
 * An exchange between any number of tasks: executors hand the state on to each other, contributions
 * travel as elements of the RDD.
 */
public record BroadcastExchange(Broadcast<TrainingState> state) implements RoundExchange {

  /** The contribution itself. */
  record Inline(Contribution contribution) implements Delivery {}

  @Override
  public TrainingState start() {
    return state.value();
  }

  @Override
  public Delivery deliver(Contribution contribution) {
    return new Inline(contribution);
  }

  @Override
  public Contribution receive(Delivery delivery) {
    return ((Inline) delivery).contribution();
  }

  @Override
  public List<Optional<Contribution>> collect(List<Delivery> deliveries) {
    return deliveries.stream().map(this::receive).map(Optional::of).toList();
  }

  @Override
  public void close() {
    state.destroy();
  }
}

package io.centroid.average;

import io.centroid.compute.TrainingState;
import java.util.List;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;

/**
 * An exchange between any number of tasks: executors hand the state on to each other, contributions
 * travel as elements of the RDD.
 *
 * @param state destroyed when the exchange is closed
 */
record BroadcastExchange(Broadcast<TrainingState> state) implements RoundExchange {

  /** The contribution itself. */
  record InlineResult(Contribution contribution) implements ResultHandle {}

  @Override
  public TrainingState start() {
    return state.value();
  }

  @Override
  public ResultHandle put(Contribution contribution) {
    return new InlineResult(contribution);
  }

  @Override
  public Contribution get(ResultHandle handle) {
    return ((InlineResult) handle).contribution();
  }

  @Override
  public List<Optional<Contribution>> collect(List<ResultHandle> handles) {
    return handles.stream().map(this::get).map(Optional::of).toList();
  }

  @Override
  public void close() {
    state.destroy();
  }
}

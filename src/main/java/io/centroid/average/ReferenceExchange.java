package io.centroid.average;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.compute.TrainingState;
import io.centroid.kryo.RecordSerializer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An exchange within one JVM: nothing but references pass through Spark, which would copy a result
 * half a dozen times.
 *
 * @param training whose {@link WorkerEnvironment} has the round
 * @param round its number there
 */
record ReferenceExchange(String training, long round) implements RoundExchange {

  /** What a round starts from and, by number, what has been put and not fetched. */
  record Round(TrainingState start, Map<Long, Contribution> contributions, AtomicLong last) {
    Round(TrainingState start) {
      this(start, new ConcurrentHashMap<>(), new AtomicLong());
    }
  }

  /** The number of a contribution in its round. */
  @DefaultSerializer(RecordSerializer.class)
  record LocalReference(long number) implements ResultHandle {}

  static RoundExchange open(String training, TrainingState start) {
    return new ReferenceExchange(training, WorkerEnvironment.openRound(training, new Round(start)));
  }

  @Override
  public TrainingState start() {
    return underWay().start();
  }

  @Override
  public ResultHandle put(Contribution contribution) {
    Round underWay = underWay();
    long number = underWay.last().incrementAndGet();
    underWay.contributions().put(number, contribution);
    return new LocalReference(number);
  }

  /** Can be fetched once, so that its arrays are held no longer than its sum needs them. */
  @Override
  public CompletableFuture<Contribution> fetch(ResultHandle handle) {
    long number = ((LocalReference) handle).number();
    return CompletableFuture.completedFuture(underWay().contributions().remove(number));
  }

  @Override
  public void close() {
    WorkerEnvironment.closeRound(training, round);
  }

  private Round underWay() {
    return WorkerEnvironment.round(training, round);
  }
}

package io.centroid.average;

import io.centroid.compute.StateCoding;
import io.centroid.compute.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.shuffle.BlockFetchingListener;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * An exchange between the driver and a few workers on other machines: states lie as blocks where
 * they were made, and who needs one fetches it from there through Spark's block transfer service.
 *
 * <p>A broadcast asks the driver where each piece is and reports each one back. The result of a
 * task is packed twice by Java serialization, a kilobyte at a time. For a state of some megabytes
 * both take longer than the network.
 *
 * @param round names the blocks; no broadcast of Spark has this number
 * @param driver where the state to start from is
 */
public record BlockExchange(long round, BlockManagerId driver) implements RoundExchange {
  private static final Logger LOG = LogManager.getLogger();

  /** Spark counts broadcasts from 0; blocks named as theirs are removed as theirs. */
  private static final AtomicLong NEXT_ROUND = new AtomicLong(1L << 62);

  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);
  private static final String START = "start";

  /** The state fetched last, for the other tasks of this executor. */
  private static Fetched fetched = new Fetched(0, new WeakReference<>(null));

  private record Fetched(long round, WeakReference<TrainingState> state) {}

  /**
   * A worker's result whose state lies in a block.
   *
   * @param result all but the state
   * @param place where the block is
   * @param field which of the round's blocks
   */
  record Posted(WorkerResult result, BlockManagerId place, String field) implements Delivery {}

  static RoundExchange open(TrainingState start) {
    BlockExchange exchange = new BlockExchange(NEXT_ROUND.getAndIncrement(), here());
    exchange.store(START, start);
    return exchange;
  }

  @Override
  public TrainingState start() {
    synchronized (BlockExchange.class) {
      TrainingState state = fetched.round() == round ? fetched.state().get() : null;
      if (state == null) {
        state = fetch(driver, START).join();
        fetched = new Fetched(round, new WeakReference<>(state));
      }
      return state;
    }
  }

  @Override
  public Delivery deliver(Contribution contribution) {
    WorkerResult result = (WorkerResult) contribution;
    String field = "result_" + TaskContext.get().taskAttemptId();
    store(field, result.state());
    return new Posted(result.withState(TrainingState.EMPTY), here(), field);
  }

  @Override
  public Contribution receive(Delivery delivery) {
    throw new UnsupportedOperationException("No task sums what goes straight to the driver.");
  }

  @Override
  public List<Optional<Contribution>> collect(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery -> (Posted) delivery)
        .map(this::collect)
        .toList() // all are on their way before the first is waited for
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  private CompletableFuture<Optional<Contribution>> collect(Posted posted) {
    return fetch(posted.place(), posted.field())
        .handle(
            (state, failure) -> {
              if (failure != null) {
                LOG.warn("The result of worker {} is lost", posted.result().index(), failure);
                return Optional.empty();
              }
              return Optional.of(posted.result().withState(state));
            });
  }

  @Override
  public void close() {
    SparkEnv.get().blockManager().master().removeBroadcast(round, true, false);
  }

  private void store(String field, TrainingState state) {
    boolean stored =
        SparkEnv.get()
            .blockManager()
            .putBytes(
                block(field),
                new ChunkedByteBuffer(StateCoding.encode(state)),
                StorageLevel.MEMORY_AND_DISK_SER(),
                false,
                BYTES);
    if (!stored) {
      throw new IllegalStateException(
          "Cannot keep a training state for others to fetch: found neither memory nor disk for"
              + " it.");
    }
  }

  private CompletableFuture<TrainingState> fetch(BlockManagerId place, String field) {
    Arrival arrival = new Arrival(new CompletableFuture<>());
    SparkEnv.get()
        .blockManager()
        .blockTransferService()
        .fetchBlocks(
            place.host(),
            place.port(),
            place.executorId(),
            new String[] {block(field).name()},
            arrival,
            null);
    return arrival.state();
  }

  private BlockId block(String field) {
    return new BroadcastBlockId(round, field);
  }

  private static BlockManagerId here() {
    return SparkEnv.get().blockManager().blockManagerId();
  }

  /** Decodes a state as it arrives. */
  private record Arrival(CompletableFuture<TrainingState> state) implements BlockFetchingListener {
    @Override
    public void onBlockFetchSuccess(String block, ManagedBuffer data) {
      try (InputStream in = data.createInputStream()) {
        state.complete(StateCoding.decode(in));
      } catch (IOException | RuntimeException | Error e) {
        state.completeExceptionally(e);
      }
    }

    @Override
    public void onBlockFetchFailure(String block, Throwable failure) {
      state.completeExceptionally(failure);
    }
  }
}

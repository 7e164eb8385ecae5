package io.centroid.average;

import io.centroid.compute.StateCoding;
import io.centroid.compute.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
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
 * <p>The blocks have names of a broadcast that does not exist, so that closing the exchange removes
 * them on all executors as those of a broadcast; a result is lost with its executor before that.
 *
 * @param training whose {@link WorkerEnvironment} keeps the state that was fetched
 * @param round names the blocks; no broadcast of Spark has this number
 * @param driver where the state to start from is
 */
record BlockExchange(String training, long round, BlockManagerId driver) implements RoundExchange {
  private static final Logger LOG = LogManager.getLogger();

  /** Spark counts broadcasts from 0. */
  private static final long FIRST_ROUND = 1L << 62;

  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);
  private static final String START = "start";

  /**
   * A worker's result whose state is in a block.
   *
   * @param result all but the state
   * @param place whose block it is
   * @param field which of the round's blocks
   */
  record BlockReference(WorkerResult result, BlockManagerId place, String field)
      implements ResultHandle {}

  static RoundExchange open(JavaSparkContext context, String training, TrainingState start) {
    long round = FIRST_ROUND + context.sc().newRddId(); // counts in the whole application
    BlockExchange exchange = new BlockExchange(training, round, here());
    exchange.store(START, start);
    return exchange;
  }

  @Override
  public TrainingState start() {
    return WorkerEnvironment.of(training).start(round, () -> fetch(driver, START).join());
  }

  @Override
  public ResultHandle put(Contribution contribution) {
    WorkerResult result = (WorkerResult) contribution;
    String field = "result_" + TaskContext.get().taskAttemptId();
    store(field, result.state());
    return new BlockReference(result.withState(TrainingState.EMPTY), here(), field);
  }

  @Override
  public Contribution get(ResultHandle handle) {
    throw new UnsupportedOperationException("No task sums what goes straight to the driver.");
  }

  @Override
  public List<Optional<Contribution>> collect(List<ResultHandle> handles) {
    return handles.stream()
        .map(handle -> (BlockReference) handle)
        .map(this::collect)
        .toList() // all are on their way before the first is waited for
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  private CompletableFuture<Optional<Contribution>> collect(BlockReference reference) {
    return fetch(reference.place(), reference.field())
        .handle(
            (state, failure) -> {
              if (failure != null) {
                LOG.warn("The result of worker {} is lost", reference.result().index(), failure);
                return Optional.empty();
              }
              return Optional.of(reference.result().withState(state));
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
          "Cannot keep a training state for others to fetch: found neither memory nor disk for it.");
    }
  }

  private CompletableFuture<TrainingState> fetch(BlockManagerId place, String field) {
    CompletableFuture<TrainingState> state = new CompletableFuture<>();
    SparkEnv.get()
        .blockManager()
        .blockTransferService()
        .fetchBlocks(
            place.host(),
            place.port(),
            place.executorId(),
            new String[] {block(field).name()},
            new Decoding(state),
            null);
    return state;
  }

  private BlockId block(String field) {
    return new BroadcastBlockId(round, field);
  }

  private static BlockManagerId here() {
    return SparkEnv.get().blockManager().blockManagerId();
  }

  /** Decodes a state as it arrives. */
  private record Decoding(CompletableFuture<TrainingState> state) implements BlockFetchingListener {
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

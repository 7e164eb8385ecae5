package io.centroid.average;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.average.Contribution.PartialSum;
import io.centroid.average.Contribution.WorkerResult;
import io.centroid.compute.TrainingState;
import io.centroid.data.FloatBytes;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.kryo.RecordSerializer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.shuffle.BlockFetchingListener;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.ThreadUtils;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * An exchange between JVMs, or of more than one JVM should hold: states and sums lie as blocks
 * where they were made, and who needs one fetches it from there through Spark's block transfer
 * service. Where they are few they are in memory as long as there is room; where there are more
 * than are added up in one place they are on disk, or in the system's cache of it, so that a round
 * of any number of workers takes the same heap.
 *
 * <p>The result of a task is packed twice by Java serialization, a kilobyte at a time, and those of
 * all tasks are in the driver's memory at once. A broadcast asks the driver where each piece is and
 * reports each one back, which for a state of some megabytes takes longer than the network; where
 * there are many executors it pays, because they hand the state on to each other.
 *
 * <p>The blocks have names of a broadcast that does not exist, so that closing the exchange removes
 * them on all executors as those of a broadcast; a contribution is lost with its executor before
 * that.
 *
 * @param training whose {@link WorkerEnvironment} keeps the state that was fetched
 * @param round names the blocks and counts up; no broadcast of Spark has this number
 * @param origin where the state to start from is
 */
record BlockExchange(String training, long round, Origin origin) implements RoundExchange {
  /** Spark counts broadcasts from 0. */
  private static final long FIRST_ROUND = 1L << 62;

  /**
   * Fetching begins on these threads: until another machine is reached may take its time, and who
   * asks may be the thread on which Spark schedules.
   */
  private static final ExecutorService FETCHING =
      ThreadUtils.newDaemonCachedThreadPool("round-fetch", 8, 60);

  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Where the state to start from is. */
  sealed interface Origin extends Serializable {}

  /** In a block on the driver. */
  record DriversBlock(Block block, int iteration) implements Origin {}

  /** In a broadcast, destroyed when the exchange is closed. */
  record Handed(Broadcast<TrainingState> state) implements Origin {}

  /**
   * Arrays in a block, one after the other, little-endian.
   *
   * @param place whose block it is
   * @param field which of the round's blocks
   * @param lengths of the arrays
   * @param checksum CRC-32C of the bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  @DefaultSerializer(RecordSerializer.class)
  record Block(BlockManagerId place, String field, int[] lengths, long checksum)
      implements Serializable {}

  /**
   * A contribution whose arrays are in a block: a sum's as doubles, a worker's as floats.
   *
   * @param index its place in its level
   */
  @DefaultSerializer(RecordSerializer.class)
  record BlockReference(int index, RoundTally tally, boolean sum, Block block)
      implements ResultHandle {}

  /**
   * Opens an exchange on the driver.
   *
   * @param few whether so few executors need the state that the driver can give it to each
   */
  static RoundExchange open(
      JavaSparkContext context, String training, TrainingState start, boolean few) {
    long round = FIRST_ROUND + context.sc().newRddId(); // counts in the whole application
    if (!few) {
      return new BlockExchange(training, round, new Handed(context.broadcast(start)));
    }
    Block block =
        store(round, "start", start.lengths(), encode(start), StorageLevel.MEMORY_AND_DISK_SER());
    return new BlockExchange(training, round, new DriversBlock(block, start.iteration()));
  }

  @Override
  public TrainingState start() {
    return origin instanceof DriversBlock from
        ? WorkerEnvironment.of(training).start(round, () -> start(from))
        : ((Handed) origin).state().value();
  }

  private TrainingState start(DriversBlock from) {
    try {
      return fetch(from.block(), in -> TrainingState.of(floats(from.block(), in), from.iteration()))
          .join();
    } catch (CompletionException e) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot fetch the state of a round from the driver: found \"%s\", expected a driver that is reached and memory for %,d values."
              .formatted(e.getCause(), Arrays.stream(from.block().lengths()).asLongStream().sum()),
          e);
    }
  }

  @Override
  public ResultHandle put(Contribution contribution) {
    long begin = System.nanoTime();
    TaskContext task = TaskContext.get();
    boolean sum = contribution instanceof PartialSum;
    byte[] bytes =
        sum ? encode((PartialSum) contribution) : encode(((WorkerResult) contribution).state());
    Block block =
        store(
            round,
            "result_" + task.taskAttemptId(),
            contribution.lengths(),
            bytes,
            origin instanceof Handed
                ? StorageLevel.DISK_ONLY()
                : StorageLevel.MEMORY_AND_DISK_SER());
    WorkerEnvironment.of(training).stored(round, id(block), task.isInterrupted());
    RoundTally tally = contribution.tally();
    return new BlockReference(
        contribution.index(),
        sum ? tally : tally.handedOver(System.nanoTime() - begin),
        sum,
        block);
  }

  @Override
  public CompletableFuture<Contribution> fetch(ResultHandle handle) {
    BlockReference from = (BlockReference) handle;
    return fetch(
        from.block(),
        in ->
            from.sum()
                ? new PartialSum(from.index(), doubles(from.block(), in), from.tally())
                : new WorkerResult(
                    from.index(), TrainingState.of(floats(from.block(), in), 0), from.tally()));
  }

  @Override
  public void close() {
    manager().master().removeBroadcast(round, true, false);
    if (origin instanceof Handed handed) {
      handed.state().destroy();
    }
  }

  private static Block store(
      long round, String field, int[] lengths, byte[] bytes, StorageLevel level) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    Block block = new Block(manager().blockManagerId(), field, lengths, checksum.getValue());
    boolean stored =
        manager()
            .putBytes(
                new BroadcastBlockId(round, field),
                new ChunkedByteBuffer(ByteBuffer.wrap(bytes)),
                level,
                false,
                BYTES);
    if (!stored) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot keep a training state for others to fetch: found neither memory nor disk for its %,d bytes. Use a larger --executor-memory, or free disk space."
              .formatted(bytes.length));
    }
    return block;
  }

  private <T> CompletableFuture<T> fetch(Block block, Decoder<T> decoder) {
    Arrival<T> arrival = new Arrival<>(block, decoder, new CompletableFuture<>());
    FETCHING.execute(
        () -> {
          try {
            begin(block, arrival);
          } catch (Throwable e) { // Scala throws checked exceptions without saying so
            arrival.value().completeExceptionally(e);
          }
        });
    return arrival.value();
  }

  private void begin(Block block, Arrival<?> arrival) {
    BlockManagerId place = block.place();
    BlockId id = id(block);
    if (!place.equals(manager().blockManagerId())) {
      manager()
          .blockTransferService()
          .fetchBlocks(
              place.host(),
              place.port(),
              place.executorId(),
              new String[] {id.name()},
              arrival,
              null);
      return;
    }
    ManagedBuffer data = manager().getLocalBlockData(id);
    try {
      arrival.onBlockFetchSuccess(id.name(), data);
    } finally {
      data.release();
    }
  }

  private BlockId id(Block block) {
    return new BroadcastBlockId(round, block.field());
  }

  private static BlockManager manager() {
    return SparkEnv.get().blockManager();
  }

  /** Makes a value of the bytes of a block. */
  private interface Decoder<T> {
    T decode(InputStream in) throws IOException;
  }

  /** Decodes a block as it arrives. */
  private record Arrival<T>(Block block, Decoder<T> decoder, CompletableFuture<T> value)
      implements BlockFetchingListener {
    @Override
    public void onBlockFetchSuccess(String name, ManagedBuffer data) {
      try (CheckedInputStream in = new CheckedInputStream(data.createInputStream(), new CRC32C())) {
        T decoded = decoder.decode(in);
        if (in.getChecksum().getValue() != block.checksum()) {
          throw new IOException("the block is damaged: its checksum is wrong");
        }
        value.complete(decoded);
      } catch (IOException | RuntimeException | Error e) {
        value.completeExceptionally(e);
      }
    }

    @Override
    public void onBlockFetchFailure(String name, Throwable failure) {
      value.completeExceptionally(failure);
    }
  }

  private static byte[] encode(TrainingState state) {
    int[] lengths = state.lengths();
    byte[] bytes = new byte[size(lengths, Float.BYTES)];
    int at = 0;
    for (int array = 0; array < lengths.length; array++) {
      FloatBytes.put(state.array(array), bytes, at, ORDER);
      at += Float.BYTES * lengths[array];
    }
    return bytes;
  }

  private static byte[] encode(PartialSum sum) {
    byte[] bytes = new byte[size(sum.lengths(), Double.BYTES)];
    int at = 0;
    for (double[] values : sum.sums()) {
      FloatBytes.put(values, bytes, at, ORDER);
      at += Double.BYTES * values.length;
    }
    return bytes;
  }

  private static float[][] floats(Block block, InputStream in) throws IOException {
    float[][] arrays = new float[block.lengths().length][];
    for (int array = 0; array < arrays.length; array++) {
      arrays[array] = new float[block.lengths()[array]];
      FloatBytes.read(arrays[array], ORDER, readingFrom(in));
    }
    return arrays;
  }

  private static double[][] doubles(Block block, InputStream in) throws IOException {
    double[][] arrays = new double[block.lengths().length][];
    for (int array = 0; array < arrays.length; array++) {
      arrays[array] = new double[block.lengths()[array]];
      FloatBytes.read(arrays[array], ORDER, readingFrom(in));
    }
    return arrays;
  }

  private static int size(int[] lengths, int valueBytes) {
    return Math.toIntExact(valueBytes * Arrays.stream(lengths).asLongStream().sum());
  }

  private static FloatBytes.Source<IOException> readingFrom(InputStream in) {
    return (bytes, from, count) -> {
      if (in.readNBytes(bytes, from, count) < count) {
        throw new EOFException("the block is damaged: it ends early");
      }
    };
  }
}

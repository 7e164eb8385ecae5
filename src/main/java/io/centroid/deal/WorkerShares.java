package io.centroid.deal;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * All examples, dealt once to the logical workers and packed in executor memory: partition w of
 * {@link #blocks} is the share of worker w, in the order of assignment.
 *
 * <p>What is in a share depends on the seed and the ids alone, not on how the examples came in.
 */
public final class WorkerShares implements AutoCloseable {
  /** Most bytes of a block of more than one example. */
  private static final int BLOCK_BYTES = 4 << 20;

  private static final int BLOCK_EXAMPLES = 1024;

  private final JavaRDD<ExampleBlock> blocks;
  private final Broadcast<long[]> keys;
  private final ExampleShape shape;
  private final Coverage coverage;
  private final int workers;
  private final long seed;

  private WorkerShares(
      JavaRDD<ExampleBlock> blocks,
      Broadcast<long[]> keys,
      ExampleShape shape,
      Coverage coverage,
      int workers,
      long seed) {
    this.blocks = blocks;
    this.keys = keys;
    this.shape = shape;
    this.coverage = coverage;
    this.workers = workers;
    this.seed = seed;
  }

  /**
   * Deals examples to workers with one shuffle and keeps the shares in memory, spilling to disk
   * where memory is short.
   *
   * @param examples every example once, in any order and partitioning
   * @param ids the ids of all examples, in any order
   * @param workers logical workers W
   * @param seed the training seed
   * @throws JobException when an example is missing or occurs twice
   */
  public static WorkerShares deal(
      JavaSparkContext context,
      JavaRDD<TrainingExample> examples,
      long[] ids,
      ExampleShape shape,
      int workers,
      long seed) {
    Broadcast<long[]> keys = context.broadcast(ExampleOrder.sortedKeys(seed, ids));
    int count = ids.length;
    JavaRDD<ExampleBlock> blocks =
        examples
            .mapToPair(
                example ->
                    new Tuple2<>(ExampleOrder.place(seed, example.id(), keys.value()), example))
            .partitionBy(new PlacePartitioner(workers))
            .mapPartitions(new Packing(count, workers, shape))
            .persist(StorageLevel.MEMORY_AND_DISK());
    WorkerShares shares = new WorkerShares(blocks, keys, shape, Coverage.of(ids), workers, seed);
    shares.materialize();
    return shares;
  }

  /** The packed examples; partition w belongs to worker w. */
  public JavaRDD<ExampleBlock> blocks() {
    return blocks;
  }

  /**
   * A view of the shares through a function on blocks, for tests that disturb tasks; not closed.
   */
  public WorkerShares mapped(Function<ExampleBlock, ExampleBlock> function) {
    return new WorkerShares(blocks.map(function), keys, shape, coverage, workers, seed);
  }

  /** The shape of every example. */
  public ExampleShape shape() {
    return shape;
  }

  /** How many examples there are in all. */
  public int examples() {
    return Math.toIntExact(coverage.examples());
  }

  /** Which examples there are, each once. */
  public Coverage coverage() {
    return coverage;
  }

  /** How many shares there are. */
  public int workers() {
    return workers;
  }

  /** The seed with which they were dealt. */
  public long seed() {
    return seed;
  }

  /** Frees the executors' memory; engines over the shares are closed before. */
  @Override
  public void close() {
    blocks.unpersist();
    keys.destroy();
  }

  private void materialize() {
    long packed = blocks.map(ExampleBlock::size).fold(0, Integer::sum);
    if (packed != examples()) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot deal examples to workers: found "
              + packed
              + " packed examples, expected "
              + examples()
              + ".");
    }
  }

  /** Sends place p to partition p mod W. */
  private static final class PlacePartitioner extends Partitioner {
    private final int workers;

    PlacePartitioner(int workers) {
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object place) {
      return (Integer) place % workers;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof PlacePartitioner that && that.workers == workers;
    }

    @Override
    public int hashCode() {
      return workers;
    }
  }

  /** Puts the examples of one worker, arriving in any order, into their places. */
  private record Packing(int examples, int workers, ExampleShape shape)
      implements FlatMapFunction<Iterator<Tuple2<Integer, TrainingExample>>, ExampleBlock> {

    @Override
    public Iterator<ExampleBlock> call(Iterator<Tuple2<Integer, TrainingExample>> arriving) {
      int worker = TaskContext.getPartitionId();
      int size = ExampleOrder.shareSize(examples, workers, worker);
      int blockSize = Math.max(1, Math.min(BLOCK_EXAMPLES, BLOCK_BYTES / exampleBytes()));
      List<ExampleBlock> blocks = allocate(size, blockSize);
      boolean[] filled = new boolean[size];
      int arrived = 0;
      while (arriving.hasNext()) {
        Tuple2<Integer, TrainingExample> next = arriving.next();
        int index = next._1() / workers;
        TrainingExample example = next._2();
        if (filled[index]) {
          throw JobException.data(
              "Cannot deal examples to workers: found example "
                  + example.id()
                  + " twice, expected it once. Prepare the shards again.");
        }
        filled[index] = true;
        arrived++;
        put(example, blocks.get(index / blockSize), index % blockSize);
      }
      if (arrived != size) {
        throw JobException.data(
            "Cannot deal examples to workers: found "
                + arrived
                + " examples for worker "
                + worker
                + ", expected "
                + size
                + ". Prepare the shards again.");
      }
      return blocks.iterator();
    }

    private List<ExampleBlock> allocate(int size, int blockSize) {
      List<ExampleBlock> blocks = new ArrayList<>();
      for (int from = 0; from < size; from += blockSize) {
        int count = Math.min(blockSize, size - from);
        blocks.add(
            new ExampleBlock(
                new long[count],
                new byte[count * codedLength()],
                new float[count * shape.labelCount()]));
      }
      return blocks;
    }

    private int exampleBytes() {
      return Math.addExact(codedLength(), Math.multiplyExact(Float.BYTES, shape.labelCount()));
    }

    /** Bytes of one example's features. */
    private int codedLength() {
      return Math.multiplyExact(shape.featureCount(), shape.coding().bytesPerValue());
    }

    private void put(TrainingExample example, ExampleBlock block, int index) {
      if (example.features().length != codedLength()
          || example.labels().length != shape.labelCount()) {
        throw JobException.data(
            "Cannot pack example "
                + example.id()
                + ": found "
                + example.features().length / shape.coding().bytesPerValue()
                + " features and "
                + example.labels().length
                + " labels, expected "
                + shape.featureCount()
                + " and "
                + shape.labelCount()
                + ".");
      }
      block.ids()[index] = example.id();
      System.arraycopy(
          example.features(), 0, block.features(), index * codedLength(), codedLength());
      System.arraycopy(
          example.labels(), 0, block.labels(), index * shape.labelCount(), shape.labelCount());
    }
  }
}

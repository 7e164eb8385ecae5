package io.centroid.deal;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.job.AsyncJob;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.storage.StorageLevel;

/**
 * All examples, dealt once to the logical workers and packed in blocks that lie in executor memory,
 * or on local disk where memory is short.
 *
 * <p>What is in a share depends on the seed and the ids alone, not on how the examples came in, nor
 * on where it lies.
 */
public final class WorkerShares implements AutoCloseable {
  private final JavaRDD<ExampleBlock> blocks;
  private final ShareLayout layout;
  private final Coverage coverage;
  private List<List<String>> places;

  private WorkerShares(
      JavaRDD<ExampleBlock> blocks,
      ShareLayout layout,
      Coverage coverage,
      List<List<String>> places) {
    this.blocks = blocks;
    this.layout = layout;
    this.coverage = coverage;
    this.places = places;
  }

  /**
   * Deals examples to workers with one shuffle.
   *
   * @param examples every example once, in any order and partitioning
   * @param coverage which examples those are
   * @param workers logical workers W
   * @param seed the training seed
   * @throws JobException when an example is missing or occurs twice
   */
  public static WorkerShares deal(
      JavaRDD<TrainingExample> examples,
      Coverage coverage,
      ExampleShape shape,
      int workers,
      long seed) {
    ExampleOrder order = new ExampleOrder(Math.toIntExact(coverage.examples()), workers, seed);
    ShareLayout layout = ShareLayout.of(order, shape);
    WorkerShares shares =
        new WorkerShares(
            PackedBlocks.of(examples, layout), layout, coverage, SharePlaces.anywhere(layout));
    try {
      shares.materialize();
      return shares;
    } catch (RuntimeException | Error e) {
      shares.close();
      throw e;
    }
  }

  /** The shares; partition w has that of worker w as its one element, for one task. */
  public JavaRDD<WorkerShare> shares() {
    return new SharesRdd(blocks.rdd(), layout, false, places).toJavaRDD();
  }

  /**
   * The same shares for tasks in whose place Spark cannot make a block again: they look for blocks
   * where those are stored, and throw {@link LostBlockException} when there is none.
   */
  public JavaRDD<WorkerShare> stored() {
    return new SharesRdd(blocks.rdd(), layout, isStored(), places).toJavaRDD();
  }

  private boolean isStored() {
    return !blocks.getStorageLevel().equals(StorageLevel.NONE());
  }

  /** Makes blocks again that are nowhere any more, each where its share should lie. */
  public void settle() {
    List<Integer> workers = isStored() ? SharePlaces.incomplete(blocks.rdd(), layout) : List.of();
    if (!workers.isEmpty()) {
      AsyncJob.submit(
              blocks.context(),
              shares().map(WorkerShare::coverage).rdd(),
              workers,
              (worker, coverage) -> {})
          .await();
    }
  }

  /**
   * Spreads the shares over the executors that there are now, so that none has more than its part.
   * Shares stay where they lie as far as that allows; one that moves is packed again where it is
   * used next, from what the shuffle left.
   */
  public void balance() {
    places = SharePlaces.balanced(blocks.rdd(), layout);
  }

  /** By worker, the id of the executor that its share should lie on; empty where none should. */
  public List<String> executors() {
    return places.stream().map(SharePlaces::executor).toList();
  }

  /**
   * A view of the shares through a function on blocks, for tests that disturb tasks; not closed.
   */
  public WorkerShares mapped(Function<ExampleBlock, ExampleBlock> function) {
    return new WorkerShares(blocks.map(function), layout, coverage, places);
  }

  /** The shape of every example. */
  public ExampleShape shape() {
    return layout.shape();
  }

  /** How many examples there are in all. */
  public int examples() {
    return layout.order().examples();
  }

  /** Which examples there are, each once. */
  public Coverage coverage() {
    return coverage;
  }

  /** How many shares there are. */
  public int workers() {
    return layout.order().workers();
  }

  /** The seed with which they were dealt. */
  public long seed() {
    return layout.order().seed();
  }

  /** Frees the executors' memory; engines over the shares are closed before. */
  @Override
  public void close() {
    blocks.unpersist();
  }

  private void materialize() {
    Coverage packed = shares().map(WorkerShare::coverage).fold(Coverage.NONE, Coverage::plus);
    if (!packed.equals(coverage)) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot deal examples to workers: found %d packed, some of them others, expected each of %d once."
              .formatted(packed.examples(), coverage.examples()));
    }
  }
}

package io.centroid.deal;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.Minibatch;
import java.util.Iterator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * One logical worker's examples, as a task meets them: a block is brought from where it lies when
 * the first of its examples is asked for. Not for more than one thread, nor after the task.
 */
public final class WorkerShare {
  private final ShareLayout layout;
  private final int worker;
  private final IntFunction<ExampleBlock> load;
  private final ExampleBlock[] blocks;

  /**
   * A share of which nothing is loaded.
   *
   * @param load brings a block by its number among those of all shares
   */
  WorkerShare(ShareLayout layout, int worker, IntFunction<ExampleBlock> load) {
    this.layout = layout;
    this.worker = worker;
    this.load = load;
    this.blocks = new ExampleBlock[layout.blocksOf(worker)];
  }

  /** Whose it is, from 0. */
  public int worker() {
    return worker;
  }

  /** The order in which it is visited in an epoch. */
  public EpochOrder order(int epoch) {
    ExampleOrder order = layout.order();
    return new EpochOrder(order.seed(), epoch, worker, order.shareSize(worker), layout.blockSize());
  }

  /** Which examples there are; loads them all, one block after the other. */
  Coverage coverage() {
    Coverage coverage = Coverage.NONE;
    for (Iterator<ExampleBlock> each = blocks(); each.hasNext(); ) {
      coverage = coverage.plus(Coverage.of(each.next().ids()));
    }
    return coverage;
  }

  /** All examples in the order of assignment. */
  public Iterator<ExampleBlock> blocks() {
    int first = layout.firstBlock(worker);
    return IntStream.range(first, first + blocks.length).mapToObj(this::load).iterator();
  }

  /**
   * Fills a minibatch with the examples that {@code order} has at the positions from {@code from}
   * on, which it refers to and does not copy.
   */
  public void gather(EpochOrder order, int from, int count, Minibatch minibatch) {
    int features = layout.featureBytes();
    int labels = layout.shape().labelCount();
    minibatch.clear();
    for (int position = from; position < from + count; position++) {
      int example = order.at(position);
      ExampleBlock block = block(example / layout.blockSize());
      int within = example % layout.blockSize();
      minibatch.add(
          block.ids()[within],
          block.weights()[within],
          block.features(),
          within * features,
          block.labels(),
          within * labels);
    }
  }

  private ExampleBlock block(int index) {
    if (blocks[index] == null) {
      blocks[index] = load(layout.firstBlock(worker) + index);
    }
    return blocks[index];
  }

  private ExampleBlock load(int number) {
    ExampleBlock block = load.apply(number);
    if (block.size() != layout.size(number)) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot train worker %d: found a block of %d examples, expected %d."
              .formatted(worker, block.size(), layout.size(number)));
    }
    return block;
  }
}

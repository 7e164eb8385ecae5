package io.centroid.deal;

import io.centroid.example.Minibatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One logical worker's examples, as blocks of equal size (the last may be smaller). */
public final class WorkerShare {
  private final List<ExampleBlock> blocks = new ArrayList<>();
  private final int blockSize;
  private final int size;

  /** Of the blocks of one partition of {@link WorkerShares#blocks}, in their order. */
  public WorkerShare(Iterator<ExampleBlock> source) {
    source.forEachRemaining(blocks::add);
    blockSize = blocks.isEmpty() ? 1 : blocks.get(0).size();
    size = blocks.stream().mapToInt(ExampleBlock::size).sum();
  }

  /** How many examples there are. */
  public int size() {
    return size;
  }

  /**
   * Fills a minibatch with the examples {@code order[from .. from + count)}, which it refers to and
   * does not copy.
   */
  public void gather(int[] order, int from, int count, Minibatch minibatch) {
    minibatch.clear();
    for (int i = from; i < from + count; i++) {
      ExampleBlock block = blocks.get(order[i] / blockSize);
      int within = order[i] % blockSize;
      int features = block.features().length / block.size();
      int labels = block.labels().length / block.size();
      minibatch.add(
          block.ids()[within],
          block.features(),
          within * features,
          block.labels(),
          within * labels);
    }
  }
}

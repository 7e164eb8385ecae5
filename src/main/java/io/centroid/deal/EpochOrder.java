package io.centroid.deal;

import java.util.Arrays;

/**
 * The order in which a worker visits its share in an epoch: every example once, blocks in a random
 * order, and the examples of some blocks that follow each other, a window, mixed.
 *
 * <p>So a round needs a few blocks of a share and not all of them, which is what makes shares
 * larger than memory cheap. Which example lies in which block is random already; blocks that are
 * together in one epoch are not in the next.
 *
 * <p>Not for more than one thread.
 */
public final class EpochOrder {
  private static final int WINDOW_BLOCKS = 8;

  /** So that minibatches are mixed even where an example fills a block. */
  private static final int WINDOW_EXAMPLES = 2048;

  private final long key;
  private final int blockSize;
  private final int windowBlocks;

  /** The block at each place of the epoch. */
  private final int[] visited;

  /** The position where each place begins, and the end. */
  private final int[] starts;

  private int window = -1;
  private Permutation within;

  /**
   * The order of a worker in an epoch.
   *
   * @param seed the training seed
   * @param epoch from 1
   * @param worker from 0
   * @param size how many examples the share has
   * @param blockSize how many are in a block, but for the last one
   */
  public EpochOrder(long seed, int epoch, int worker, int size, int blockSize) {
    this.key = ExampleOrder.streamSeed(seed, epoch, worker);
    this.blockSize = blockSize;
    this.windowBlocks = Math.max(WINDOW_BLOCKS, (WINDOW_EXAMPLES + blockSize - 1) / blockSize);
    int blocks = (int) ((size + (long) blockSize - 1) / blockSize);
    this.visited = new int[blocks];
    this.starts = new int[blocks + 1];
    Permutation permutation = new Permutation(ExampleOrder.mixed(key, -1), blocks);
    for (int place = 0; place < blocks; place++) {
      visited[place] = (int) permutation.at(place);
      long begin = (long) visited[place] * blockSize;
      starts[place + 1] = starts[place] + (int) Math.min(blockSize, size - begin);
    }
  }

  /** Which example of the share is visited at a position, both from 0. */
  public int at(int position) {
    int current = place(position) / windowBlocks;
    int from = starts[current * windowBlocks];
    if (current != window) {
      int to = starts[Math.min(visited.length, (current + 1) * windowBlocks)];
      within = new Permutation(ExampleOrder.mixed(key, current), to - from);
      window = current;
    }
    int mixed = from + (int) within.at(position - from);
    int place = place(mixed);
    return visited[place] * blockSize + mixed - starts[place];
  }

  /** The place that a position belongs to. */
  private int place(int position) {
    int found = Arrays.binarySearch(starts, position);
    return found >= 0 ? found : -found - 2;
  }
}

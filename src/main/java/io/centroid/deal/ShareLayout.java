package io.centroid.deal;

import io.centroid.example.ExampleShape;
import java.io.Serializable;

/**
 * How shares are cut into blocks: a function of the data set and of the number of workers alone.
 *
 * @param order who gets what
 * @param shape of every example
 * @param blockSize examples in a block, but for the last one of a share
 */
record ShareLayout(ExampleOrder order, ExampleShape shape, int blockSize) implements Serializable {
  /** Bytes of a block, where one example is not more, and there are not too many blocks. */
  private static final long BLOCK_BYTES = 1 << 20;

  /** Each is known to Spark's driver; 16 GB are in as many of the size above. */
  private static final int MOST_BLOCKS = 1 << 14;

  static ShareLayout of(ExampleOrder order, ExampleShape shape) {
    long bytes = exampleBytes(shape);
    long blockBytes = Math.max(BLOCK_BYTES, order.examples() * bytes / MOST_BLOCKS);
    long size = Math.min(blockBytes / bytes, order.shareSize(0));
    return new ShareLayout(order, shape, (int) Math.max(1, size));
  }

  private static long exampleBytes(ExampleShape shape) {
    return Long.BYTES
        + (long) shape.featureCount() * shape.coding().bytesPerValue()
        + (long) shape.labelCount() * Float.BYTES;
  }

  /** Bytes of one example's features. */
  int featureBytes() {
    return Math.multiplyExact(shape.featureCount(), shape.coding().bytesPerValue());
  }

  /** How many blocks there are, counted as if all shares had as many as the first. */
  int blocks() {
    return Math.multiplyExact(order.workers(), perShare());
  }

  /** The number of the first block of a share; the others follow it. */
  int firstBlock(int worker) {
    return worker * perShare();
  }

  /** How many blocks a share has. */
  int blocksOf(int worker) {
    return (order.shareSize(worker) + blockSize - 1) / blockSize;
  }

  /** How many examples a block has. */
  int size(int block) {
    int from = block % perShare() * blockSize;
    return Math.max(0, Math.min(blockSize, order.shareSize(block / perShare()) - from));
  }

  /** The block of a place in the order of assignment. */
  int block(int place) {
    return firstBlock(place % order.workers()) + place / order.workers() / blockSize;
  }

  /** Where in its block a place is. */
  int within(int place) {
    return place / order.workers() % blockSize;
  }

  private int perShare() {
    return blocksOf(0);
  }
}

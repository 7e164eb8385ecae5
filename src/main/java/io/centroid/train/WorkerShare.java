package io.centroid.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One logical worker's examples, as blocks of equal size (the last may be smaller). */
final class WorkerShare {
  private final List<ExampleBlock> blocks = new ArrayList<>();
  private final int blockSize;
  private final int size;

  WorkerShare(Iterator<ExampleBlock> source) {
    source.forEachRemaining(blocks::add);
    blockSize = blocks.isEmpty() ? 1 : blocks.get(0).size();
    size = blocks.stream().mapToInt(ExampleBlock::size).sum();
  }

  int size() {
    return size;
  }

  /** Copies the examples {@code order[from .. from + count)} next to each other. */
  void gather(int[] order, int from, int count, float[] features, float[] labels) {
    for (int i = 0; i < count; i++) {
      int index = order[from + i];
      ExampleBlock block = blocks.get(index / blockSize);
      int within = index % blockSize;
      copy(block.features(), block.size(), within, features, i);
      copy(block.labels(), block.size(), within, labels, i);
    }
  }

  private static void copy(float[] source, int examples, int index, float[] target, int position) {
    int length = source.length / examples;
    System.arraycopy(source, index * length, target, position * length, length);
  }
}

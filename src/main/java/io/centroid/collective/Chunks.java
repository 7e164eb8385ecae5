package io.centroid.collective;

import java.util.ArrayList;
import java.util.List;

/**
 * How arrays are cut into chunks, and which member of the group folds which; the same everywhere.
 * Every element is folded alone, so that the cut changes no bit.
 */
final class Chunks {
  /** Floats of a chunk: at most what the second-level cache holds, with what is added to it. */
  private static final int LARGEST = 1 << 16;

  private static final int SMALLEST = 1 << 12;

  /** So many that a member can fold one while others are on their way. */
  private static final int EACH = 8;

  /**
   * A range of one array.
   *
   * @param index its place among all chunks
   * @param owner the member that folds it
   * @param array which of the arrays
   */
  record Chunk(int index, int owner, int array, int from, int length) {}

  private final List<Chunk> all = new ArrayList<>();

  /**
   * Cuts arrays.
   *
   * @param lengths of the arrays
   * @param members how many there are to fold
   */
  Chunks(int[] lengths, int members) {
    long total = 0;
    for (int length : lengths) {
      total += length;
    }
    int size = (int) Math.max(SMALLEST, Math.min(LARGEST, total / ((long) members * EACH)));
    for (int array = 0; array < lengths.length; array++) {
      for (int from = 0; from < lengths[array]; from += size) {
        int index = all.size();
        all.add(
            new Chunk(index, index % members, array, from, Math.min(size, lengths[array] - from)));
      }
    }
  }

  /** All of them, in order of their index. */
  List<Chunk> all() {
    return all;
  }

  /** Those that a member folds. */
  List<Chunk> of(int member) {
    return all.stream().filter(chunk -> chunk.owner() == member).toList();
  }

  /** The most floats in one. */
  int longest() {
    return all.stream().mapToInt(Chunk::length).max().orElse(0);
  }
}

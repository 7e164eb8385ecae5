package io.centroid.deal;

import io.centroid.example.SplitMix;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Which logical worker gets which example, and in which order a worker visits its share: pure
 * functions of the seed, independent of files, partitions and executors.
 */
public final class ExampleOrder {
  private ExampleOrder() {}

  /**
   * The place of each example in the order of assignment.
   *
   * <p>Every id has a key, a bijection of 64-bit words for a given seed, so that different ids
   * never tie; an example's place is the rank of its key among all keys. The example at place p
   * belongs to worker p mod W and is entry p div W of that worker's share, so that shares differ by
   * at most one example.
   *
   * @param seed the training seed s
   * @param ids the ids of all examples, in any order
   * @return the keys in ascending order, for {@link #place}
   * @throws IllegalArgumentException when an id occurs twice
   */
  public static long[] sortedKeys(long seed, long[] ids) {
    long[] keys = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      keys[i] = key(seed, ids[i]);
    }
    Arrays.parallelSort(keys);
    for (int i = 1; i < keys.length; i++) {
      if (keys[i] == keys[i - 1]) {
        throw new IllegalArgumentException(
            "Cannot assign examples to workers: found an id that occurs twice, expected every id"
                + " once.");
      }
    }
    return keys;
  }

  /**
   * The place of one example, 0 to N - 1.
   *
   * @throws IllegalArgumentException when the id was not among those the keys were made of
   */
  public static int place(long seed, long id, long[] sortedKeys) {
    int place = Arrays.binarySearch(sortedKeys, key(seed, id));
    if (place < 0) {
      throw new IllegalArgumentException(
          "Cannot assign example " + id + ": found an unknown id, expected one of those counted.");
    }
    return place;
  }

  /** How many of {@code examples} belong to {@code worker}. */
  public static int shareSize(int examples, int workers, int worker) {
    return examples / workers + (worker < examples % workers ? 1 : 0);
  }

  /**
   * The order in which a worker visits its share in an epoch: a permutation of 0 to size - 1 by
   * Fisher and Yates, drawn from a generator seeded with (s, e, w).
   */
  public static int[] epochOrder(long seed, int epoch, int worker, int size) {
    SplittableRandom random = new SplittableRandom(streamSeed(seed, epoch, worker));
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** A seed for all randomness of one worker in one epoch. */
  public static long streamSeed(long seed, long epoch, long worker) {
    return SplitMix.mix(SplitMix.mix(SplitMix.mix(seed) ^ epoch) ^ worker);
  }

  private static long key(long seed, long id) {
    return SplitMix.mix(id ^ SplitMix.mix(seed));
  }
}

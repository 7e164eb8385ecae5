package io.centroid.deal;

import io.centroid.example.SplitMix;
import java.io.Serializable;

/**
 * Which logical worker gets which example: a pure function of the seed and of the example's rank,
 * independent of files, partitions and executors.
 *
 * <p>An example's rank, 0 to N − 1, is its place among the ids in ascending order; its place in the
 * order of assignment is that of a {@link Permutation}. The example at place p belongs to worker p
 * mod W and is entry p div W of that worker's share, so that shares differ by at most one example.
 *
 * @param examples N, how many there are
 * @param workers W
 * @param seed the training seed s
 */
public record ExampleOrder(int examples, int workers, long seed) implements Serializable {

  /**
   * The place in the order of assignment of the example of a rank, both from 0 to N − 1; no two
   * have the same.
   */
  public int place(long rank) {
    return (int) new Permutation(mixed(SplitMix.mix(seed), -1), examples).at(rank);
  }

  /** How many examples belong to a worker. */
  public int shareSize(int worker) {
    return examples / workers + (worker < examples % workers ? 1 : 0);
  }

  /** A seed for all randomness of one worker in one epoch. */
  public static long streamSeed(long seed, long epoch, long worker) {
    return mixed(mixed(SplitMix.mix(seed), epoch), worker);
  }

  /** A key made of another one and a number. */
  static long mixed(long key, long number) {
    return SplitMix.mix(key ^ number);
  }
}

package io.centroid.deal;

import io.centroid.example.SplitMix;

/**
 * A keyed bijection of 0 … size − 1 that looks random, computed number by number: nothing that
 * grows with the size is stored or sent.
 *
 * <p>A Feistel network over the fewest bits that hold the size; a result outside is encrypted
 * again, until one is inside (cycle walking; Black and Rogaway, Ciphers with Arbitrary Finite
 * Domains, 2002). Fewer than two walks are needed on average.
 */
final class Permutation {
  private static final int ROUNDS = 6;
  private static final int FEWEST_BITS = 2;

  private final long key;
  private final long size;
  private final int leftBits;
  private final int rightBits;

  /**
   * The permutation of a key.
   *
   * @param size at least 0; nothing can be asked of an empty one
   */
  Permutation(long key, long size) {
    this.key = key;
    this.size = size;
    int bits = Math.max(FEWEST_BITS, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
    this.leftBits = bits / 2;
    this.rightBits = bits - leftBits;
  }

  /** Where a number goes, both from 0 to size − 1. */
  long at(long number) {
    long word = number;
    do {
      word = encrypt(word);
    } while (word >= size);
    return word;
  }

  /** The halves change their places, and so their widths, an even number of times. */
  private long encrypt(long word) {
    int left = leftBits;
    int right = rightBits;
    long current = word;
    for (int round = 0; round < ROUNDS; round++) {
      long kept = current & mask(right);
      long mixed =
          (current >>> right) ^ (SplitMix.mix(SplitMix.mix(key + round) ^ kept) & mask(left));
      current = kept << left | mixed;
      int width = left;
      left = right;
      right = width;
    }
    return current;
  }

  private static long mask(int bits) {
    return (1L << bits) - 1;
  }
}

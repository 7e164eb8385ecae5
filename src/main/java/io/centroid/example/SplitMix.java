package io.centroid.example;

/** The finalizer of SplitMix64 (Steele, Lea and Flood 2014): randomness as a pure function. */
public final class SplitMix {
  private SplitMix() {}

  /** A bijection of 64-bit words whose outputs look random. */
  public static long mix(long word) {
    long z = word + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

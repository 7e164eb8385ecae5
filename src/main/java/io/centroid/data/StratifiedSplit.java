package io.centroid.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds out the same share of every class: a pure function of seed, fraction and labels.
 *
 * <p>Within a class the training images are ordered by a hash of (seed, id); the first {@code
 * round(fraction × count)} of them are held out.
 */
public final class StratifiedSplit {
  private StratifiedSplit() {}

  /**
   * The split of every image.
   *
   * @param labels labels of all images by id, as unsigned bytes: training images, then test images
   * @param trainingImages how many of them are training images
   * @param validationFraction 0 to 0.5
   */
  public static List<Split> of(
      byte[] labels, int trainingImages, double validationFraction, long seed) {
    Split[] splits = new Split[labels.length];
    SortedMap<Byte, List<Integer>> classes = new TreeMap<>();
    for (int id = 0; id < labels.length; id++) {
      splits[id] = id < trainingImages ? Split.TRAIN : Split.TEST;
      if (id < trainingImages) {
        classes.computeIfAbsent(labels[id], first -> new ArrayList<>()).add(id);
      }
    }
    for (List<Integer> ids : classes.values()) {
      ids.sort(Comparator.comparingLong(id -> hash(seed, id)));
      int heldOut = (int) Math.round(validationFraction * ids.size());
      ids.subList(0, heldOut).forEach(id -> splits[id] = Split.VALIDATION);
    }
    return List.of(splits);
  }

  /** SplitMix64's finalizer (Steele, Lea and Flood 2014) over seed and id; ids never tie. */
  private static long hash(long seed, int id) {
    long z = (seed * 0x9e3779b97f4a7c15L) ^ id;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

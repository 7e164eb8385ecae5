package io.centroid.collective;

import java.util.Arrays;

/**
 * The weighted mean Σ m_w x_w / Σ m_w of the workers' values, in double precision, in ascending
 * order of the workers; where there are more of them than the fan-in, in a tree whose shape depends
 * on these two numbers alone. Not for more than one thread.
 */
public final class Fold {
  /** Doubles that stay in the first-level cache. */
  private static final int RANGE = 2048;

  private final int fanIn;
  private final int[] widths;
  private final double[][] sums;

  /**
   * A fold.
   *
   * @param workers how many there are
   * @param fanIn how many are added up in one place
   */
  Fold(int workers, int fanIn) {
    this.fanIn = fanIn;
    int levels = 1;
    for (int width = workers; width > fanIn; width = above(width)) {
      levels++;
    }
    this.widths = new int[levels];
    this.sums = new double[levels][];
    int width = workers;
    for (int level = 0; level < levels; level++) {
      widths[level] = width;
      sums[level] = new double[RANGE];
      width = above(width);
    }
  }

  private int above(int width) {
    return (width + fanIn - 1) / fanIn;
  }

  /** Values of each worker, in one array each. */
  interface Values {
    /** What a worker weighs in the mean; where it is 0, its values are not asked for. */
    double weight(int worker);

    /** The array that its values are in. */
    float[] array(int worker);

    /** Where in it they begin. */
    int from(int worker);
  }

  /** Writes the mean of {@code length} values to {@code mean}, from {@code at} on. */
  void mean(Values values, int length, float[] mean, int at) {
    int top = widths.length - 1;
    double scale = 1.0 / weight(values, top, 0, widths[top]);
    double[] sum = sums[top];
    for (int from = 0; from < length; from += RANGE) {
      int count = Math.min(RANGE, length - from);
      add(values, top, 0, widths[top], from, count);
      for (int i = 0; i < count; i++) {
        mean[at + from + i] = (float) (sum[i] * scale);
      }
    }
  }

  /** Sums the weights of members of a level, in the same tree. */
  private double weight(Values values, int level, int first, int end) {
    double sum = 0;
    for (int member = first; member < end; member++) {
      sum +=
          level == 0
              ? values.weight(member)
              : weight(
                  values,
                  level - 1,
                  member * fanIn,
                  Math.min((member + 1) * fanIn, widths[level - 1]));
    }
    return sum;
  }

  /** Sums members of a level; false where they weigh nothing. */
  private boolean add(Values values, int level, int first, int end, int from, int count) {
    double[] sum = sums[level];
    Arrays.fill(sum, 0, count, 0);
    boolean any = false;
    for (int member = first; member < end; member++) {
      if (level > 0) {
        int below = member * fanIn;
        int endBelow = Math.min(below + fanIn, widths[level - 1]);
        if (add(values, level - 1, below, endBelow, from, count)) {
          any = true;
          double[] part = sums[level - 1];
          for (int i = 0; i < count; i++) {
            sum[i] += part[i];
          }
        }
      } else if (values.weight(member) > 0) {
        any = true;
        add(sum, values.weight(member), values.array(member), values.from(member) + from, count);
      }
    }
    return any;
  }

  /** sum += weight · values, for the first {@code count} of sum and those from {@code from} on. */
  public static void add(double[] sum, double weight, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += weight * values[from + i];
    }
  }
}

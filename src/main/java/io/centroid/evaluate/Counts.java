package io.centroid.evaluate;

import java.io.Serializable;

/**
 * What an evaluation counts; counts of disjoint examples can be added.
 *
 * @param confusion {@code long[classes][classes]}: rows are the truth, columns the prediction
 * @param top3Hits examples whose class is among the three most probable ones
 * @param lossSum sum of −ln p(truth) over the examples
 */
@SuppressWarnings("ArrayRecordComponent") // a matrix, never compared
public record Counts(long[][] confusion, long top3Hits, double lossSum) implements Serializable {

  /** Of no examples. */
  public static Counts empty(int classes) {
    return new Counts(new long[classes][classes], 0, 0);
  }

  /** The sum with counts of other examples. */
  public Counts plus(Counts other) {
    int classes = confusion.length;
    long[][] sum = new long[classes][classes];
    for (int truth = 0; truth < classes; truth++) {
      for (int prediction = 0; prediction < classes; prediction++) {
        sum[truth][prediction] = confusion[truth][prediction] + other.confusion[truth][prediction];
      }
    }
    return new Counts(sum, top3Hits + other.top3Hits, lossSum + other.lossSum);
  }
}

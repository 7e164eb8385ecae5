package io.centroid.evaluate;

import java.util.function.ToIntFunction;

/**
 * Counts predictions one by one.
 *
 * @param <E> what is known of an example
 */
final class Tally<E> implements ExampleTally<E, Counts> {
  /** Below every probability a float softmax can give; keeps ln finite. */
  private static final double SMALLEST_PROBABILITY = Float.MIN_VALUE;

  private final long[][] confusion;
  private final ToIntFunction<E> label;
  private long top3Hits;
  private double lossSum;

  /**
   * Of no predictions.
   *
   * @param label the truth of an example, 0 to {@code classes} − 1
   */
  Tally(int classes, ToIntFunction<E> label) {
    this.confusion = new long[classes][classes];
    this.label = label;
  }

  /** Of equally probable classes the one with the smaller label ranks higher. */
  @Override
  public void add(E example, float[] probabilities, int from) {
    int truth = label.applyAsInt(example);
    int prediction = 0;
    int rank = 0;
    float ofTruth = probabilities[from + truth];
    for (int other = 0; other < confusion.length; other++) {
      float probability = probabilities[from + other];
      if (probability > probabilities[from + prediction]) {
        prediction = other;
      }
      if (probability > ofTruth || (probability == ofTruth && other < truth)) {
        rank++;
      }
    }
    confusion[truth][prediction]++;
    if (rank < 3) {
      top3Hits++;
    }
    lossSum -= Math.log(Math.max(ofTruth, SMALLEST_PROBABILITY));
  }

  @Override
  public Counts result() {
    return new Counts(confusion, top3Hits, lossSum);
  }
}

package io.centroid.evaluate;

/** Counts predictions one by one. */
final class Tally {
  /** Below every probability a float softmax can give; keeps ln finite. */
  private static final double SMALLEST_PROBABILITY = Float.MIN_VALUE;

  private final long[][] confusion;
  private long top3Hits;
  private double lossSum;

  Tally(int classes) {
    confusion = new long[classes][classes];
  }

  /**
   * Counts one prediction. Of equally probable classes the one with the smaller label ranks higher.
   *
   * @param probabilities of several examples, example after example
   * @param from where this example's probabilities start
   */
  void add(int truth, float[] probabilities, int from) {
    int prediction = 0;
    int rank = 0;
    float ofTruth = probabilities[from + truth];
    for (int label = 0; label < confusion.length; label++) {
      float probability = probabilities[from + label];
      if (probability > probabilities[from + prediction]) {
        prediction = label;
      }
      if (probability > ofTruth || (probability == ofTruth && label < truth)) {
        rank++;
      }
    }
    confusion[truth][prediction]++;
    if (rank < 3) {
      top3Hits++;
    }
    lossSum -= Math.log(Math.max(ofTruth, SMALLEST_PROBABILITY));
  }

  Counts counts() {
    return new Counts(confusion, top3Hits, lossSum);
  }
}

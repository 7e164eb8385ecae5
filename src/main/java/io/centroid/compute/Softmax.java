package io.centroid.compute;

/** e^z / Σ e^z over the classes, with the largest z subtracted first so that nothing overflows. */
final class Softmax {
  private Softmax() {}

  /** Replaces logits by probabilities, both {@code [n, classes]}, one class in each column. */
  static void inPlace(float[] z, int examples, int classes) {
    for (int example = 0; example < examples; example++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        largest = Math.max(largest, z[c * examples + example]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        double e = Math.exp(z[c * examples + example] - largest);
        z[c * examples + example] = (float) e;
        sum += e;
      }
      for (int c = 0; c < classes; c++) {
        z[c * examples + example] = (float) (z[c * examples + example] / sum);
      }
    }
  }
}

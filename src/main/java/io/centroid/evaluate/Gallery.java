package io.centroid.evaluate;

import java.util.List;

/**
 * What a person wants to see of predictions: how far probabilities can be trusted, and images.
 *
 * @param calibration ten bins of equal width over the probability of the predicted class
 * @param calibrationError expected calibration error: |accuracy − mean probability| over the bins,
 *     weighted by examples (Guo et al., "On calibration of modern neural networks", ICML 2017)
 * @param mistakes the most confident ones, most confident first
 * @param hits of each class the most confident ones, in label order
 */
public record Gallery(
    List<CalibrationBin> calibration,
    double calibrationError,
    List<Shown> mistakes,
    List<Shown> hits) {

  /** Of nothing. */
  public static final Gallery EMPTY = new Gallery(List.of(), 0, List.of(), List.of());

  /**
   * The examples whose predicted class has a probability in one range.
   *
   * @param from lower end, included
   * @param to upper end, excluded but for 1
   * @param examples how many there are
   * @param probability mean probability of the predicted class; 0 without examples
   * @param accuracy share predicted correctly; 0 without examples
   */
  public record CalibrationBin(
      double from, double to, long examples, double probability, double accuracy) {}

  /**
   * An image with what it was taken for.
   *
   * @param id the example's
   * @param truth its label
   * @param prediction the label it was taken for
   * @param probability of that label, 0 to 1
   * @param png the image as a PNG file in Base64
   */
  public record Shown(long id, int truth, int prediction, double probability, String png) {}
}

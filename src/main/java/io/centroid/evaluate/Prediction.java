package io.centroid.evaluate;

import io.centroid.shard.Example;
import java.io.Serializable;

/**
 * What a model says of one example.
 *
 * @param id the example's
 * @param label the truth, from 0
 * @param predicted the most probable class; of equally probable ones the smallest
 * @param probability of that class, 0 to 1
 */
public record Prediction(long id, int label, int predicted, float probability)
    implements Serializable {

  /**
   * The prediction for one example.
   *
   * @param probabilities of several examples, example after example
   * @param from where this example's probabilities start
   * @param classes how many it has
   */
  static Prediction of(Example example, float[] probabilities, int from, int classes) {
    int predicted = 0;
    for (int label = 1; label < classes; label++) {
      if (probabilities[from + label] > probabilities[from + predicted]) {
        predicted = label;
      }
    }
    return new Prediction(
        example.id(), example.label(), predicted, probabilities[from + predicted]);
  }

  /** Whether it is right. */
  boolean isHit() {
    return predicted == label;
  }
}

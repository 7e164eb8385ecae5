package io.centroid.evaluate;

import io.centroid.shard.Example;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * Counts predictions one by one.
 *
 * @param <E> what is known of an example
 */
final class Tally<E> implements ExampleTally<E, Counts> {
  /** Below every probability a float softmax can give; keeps ln finite. */
  private static final double SMALLEST_PROBABILITY = Float.MIN_VALUE;

  private final Counts counts;
  private final ToIntFunction<E> label;
  private final ToDoubleFunction<E> weight;
  private double top3Weight;
  private double squaredWeights;
  private double lossSum;

  /**
   * Of no predictions.
   *
   * @param label the truth of an example, 0 to {@code classes} − 1
   * @param weight how much it counts
   */
  Tally(int classes, ToIntFunction<E> label, ToDoubleFunction<E> weight) {
    this.counts = Counts.empty(classes);
    this.label = label;
    this.weight = weight;
  }

  /** One of the examples of a shard set. */
  static Tally<Example> ofExamples(int classes) {
    return new Tally<>(classes, Example::label, Example::weight);
  }

  /** Of equally probable classes the one with the smaller label ranks higher. */
  @Override
  public void add(E example, float[] probabilities, int from) {
    int truth = label.applyAsInt(example);
    int prediction = 0;
    int rank = 0;
    float ofTruth = probabilities[from + truth];
    for (int other = 0; other < counts.confusion().length; other++) {
      float probability = probabilities[from + other];
      if (probability > probabilities[from + prediction]) {
        prediction = other;
      }
      if (probability > ofTruth || (probability == ofTruth && other < truth)) {
        rank++;
      }
    }
    double counting = weight.applyAsDouble(example);
    counts.confusion()[truth][prediction]++;
    counts.truthWeights()[truth] += counting;
    counts.predictionWeights()[prediction] += counting;
    if (truth == prediction) {
      counts.hitWeights()[truth] += counting;
    }
    if (rank < 3) {
      top3Weight += counting;
    }
    squaredWeights += counting * counting;
    lossSum -= counting * Math.log(Math.max(ofTruth, SMALLEST_PROBABILITY));
  }

  @Override
  public Counts result() {
    return new Counts(
        counts.confusion(),
        counts.truthWeights(),
        counts.predictionWeights(),
        counts.hitWeights(),
        top3Weight,
        squaredWeights,
        lossSum);
  }
}

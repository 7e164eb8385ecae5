package io.centroid.evaluate;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;

/**
 * What an evaluation counts; counts of disjoint examples can be added. Weights are 1 where examples
 * have none, so that their sums are numbers of examples.
 *
 * @param confusion {@code long[classes][classes]}: how many examples; rows are the truth, columns
 *     the prediction
 * @param truthWeights {@code double[classes]}: of the examples of each class
 * @param predictionWeights {@code double[classes]}: of the examples taken for each class
 * @param hitWeights {@code double[classes]}: of those that are both
 * @param top3Weight of the examples whose class is among the three most probable ones
 * @param squaredWeights sum of the weights' squares
 * @param lossSum sum of −ln p(truth) over the examples, each times its weight
 */
@SuppressWarnings("ArrayRecordComponent") // a matrix, never compared
@DefaultSerializer(RecordSerializer.class)
public record Counts(
    long[][] confusion,
    double[] truthWeights,
    double[] predictionWeights,
    double[] hitWeights,
    double top3Weight,
    double squaredWeights,
    double lossSum)
    implements Serializable {

  /** Of no examples. */
  public static Counts empty(int classes) {
    return new Counts(
        new long[classes][classes],
        new double[classes],
        new double[classes],
        new double[classes],
        0,
        0,
        0);
  }

  /** The sum with counts of other examples. */
  public Counts plus(Counts other) {
    int classes = confusion.length;
    Counts sum = empty(classes);
    for (int truth = 0; truth < classes; truth++) {
      for (int prediction = 0; prediction < classes; prediction++) {
        sum.confusion[truth][prediction] =
            confusion[truth][prediction] + other.confusion[truth][prediction];
      }
      sum.truthWeights[truth] = truthWeights[truth] + other.truthWeights[truth];
      sum.predictionWeights[truth] = predictionWeights[truth] + other.predictionWeights[truth];
      sum.hitWeights[truth] = hitWeights[truth] + other.hitWeights[truth];
    }
    return new Counts(
        sum.confusion,
        sum.truthWeights,
        sum.predictionWeights,
        sum.hitWeights,
        top3Weight + other.top3Weight,
        squaredWeights + other.squaredWeights,
        lossSum + other.lossSum);
  }
}

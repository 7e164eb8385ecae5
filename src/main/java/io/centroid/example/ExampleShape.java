package io.centroid.example;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The shape of every example of a data set, without the minibatch axis.
 *
 * @param features shape of the input, e.g. {@code [3072]}
 * @param labels shape of the wanted output, e.g. {@code [10]}
 * @param coding how the features are kept in memory
 */
@SuppressWarnings("ArrayRecordComponent") // shapes are long[] throughout ND4J
@DefaultSerializer(RecordSerializer.class)
public record ExampleShape(long[] features, long[] labels, FeatureCoding coding)
    implements Serializable {

  /** Of features that are kept as floats. */
  public ExampleShape(long[] features, long[] labels) {
    this(features, labels, FeatureCoding.FLOATS);
  }

  /** Values of one input. */
  public int featureCount() {
    return count(features);
  }

  /** Values of one wanted output. */
  public int labelCount() {
    return count(labels);
  }

  /** The shape of a minibatch with {@code examples} examples of shape {@code example}. */
  public static long[] minibatch(int examples, long[] example) {
    long[] shape = new long[example.length + 1];
    shape[0] = examples;
    System.arraycopy(example, 0, shape, 1, example.length);
    return shape;
  }

  private static int count(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }
}

package io.centroid.deal;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.Arrays;

/**
 * One example as a network trains on it.
 *
 * @param rank its place among the ids of all examples in ascending order, from 0
 * @param id a number no other example of the data set has
 * @param weight how much it counts, above 0; 1 for one like the others
 * @param features the input, flat in C order, coded as its {@link io.centroid.example.ExampleShape}
 *     says
 * @param labels the wanted output, flat in C order; one-hot for a classifier
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way into a packed block
@DefaultSerializer(RecordSerializer.class)
public record TrainingExample(long rank, long id, float weight, byte[] features, float[] labels)
    implements Serializable {

  /** The labels of a class, smoothed: 1 − ε for it, and ε spread over all classes. */
  public static float[] oneHot(int label, int classes, double smoothing) {
    float[] labels = new float[classes];
    Arrays.fill(labels, (float) (smoothing / classes));
    labels[label] = (float) (1 - smoothing + smoothing / classes);
    return labels;
  }
}

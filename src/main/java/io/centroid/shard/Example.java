package io.centroid.shard;

import java.io.Serializable;

/**
 * One row of a shard. A file of pictures holds normalized features, for any program to read; here
 * they are the pixels that the features were made from.
 *
 * @param id no other example of the set has it; of CIFAR-10 the image's place in the official order
 * @param label its class, from 0
 * @param weight how much it counts, above 0; 1 in a set without weights
 * @param features coded as its data set's are: unsigned pixels in height × width × channel order,
 *     or columns as little-endian 32-bit floats, not normalized
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Example(long id, int label, float weight, byte[] features) implements Serializable {

  /** One that counts like the others. */
  public Example(long id, int label, byte[] features) {
    this(id, label, 1, features);
  }
}

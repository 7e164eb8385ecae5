package io.centroid.deal;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;

/**
 * Some examples packed in primitive arrays: what stays in executor memory, or on local disk, during
 * training.
 *
 * <p>Blocks are a megabyte or so, so that Spark can account for them, and spill them, one by one.
 * The arrays are written while a share is packed, and never again: tasks of all rounds read them.
 *
 * @param ids {@code long[n]}
 * @param weights {@code float[n]}
 * @param features {@code byte[n × features × bytes of one value]}, example after example, coded
 * @param labels {@code float[n × labels]}, example after example
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
@DefaultSerializer(RecordSerializer.class)
public record ExampleBlock(long[] ids, float[] weights, byte[] features, float[] labels)
    implements Serializable {

  /** How many examples the block holds. */
  public int size() {
    return ids.length;
  }
}

package io.centroid.ml;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import io.centroid.order.Identified;
import java.io.Serializable;

/**
 * A row to train on, or to validate with.
 *
 * @param id that of its column, or a hash of what is in it
 * @param tie tells rows of one hash apart
 * @param validates whether it validates, and is not trained on
 * @param label its class, from 0
 * @param weight how much it counts, above 0
 * @param features little-endian floats
 */
@SuppressWarnings("ArrayRecordComponent") // a value on its way into a block
@DefaultSerializer(RecordSerializer.class)
record RowExample(long id, long tie, boolean validates, int label, float weight, byte[] features)
    implements Identified<RowExample>, Serializable {

  @Override
  public RowExample withId(long other) {
    return new RowExample(other, tie, validates, label, weight, features);
  }
}

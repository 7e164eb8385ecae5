package io.centroid.example;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.data.FloatBytes;
import io.centroid.kryo.RecordSerializer;
import java.nio.ByteOrder;

/** Four bytes for each float, little-endian. */
@DefaultSerializer(RecordSerializer.class)
public record FloatCoding() implements FeatureCoding {
  @Override
  public int bytesPerValue() {
    return Float.BYTES;
  }

  @Override
  public float pixelScale() {
    return 0;
  }

  /** The bytes of one example's features. */
  public byte[] encode(float[] features) {
    byte[] coded = new byte[features.length * Float.BYTES];
    FloatBytes.put(features, coded, 0, ByteOrder.LITTLE_ENDIAN);
    return coded;
  }

  @Override
  public void decode(byte[] coded, int from, float[] features, int at, int count) {
    FloatBytes.get(coded, from, features, at, count);
  }
}

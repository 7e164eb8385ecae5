package io.centroid.example;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Four bytes for each float, little-endian. */
public record FloatCoding() implements FeatureCoding {
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  @Override
  public int bytesPerValue() {
    return Float.BYTES;
  }

  @Override
  public float pixelScale() {
    return 0;
  }

  @Override
  public byte[] encode(float[] features) {
    byte[] coded = new byte[features.length * Float.BYTES];
    for (int i = 0; i < features.length; i++) {
      FLOATS.set(coded, i * Float.BYTES, features[i]);
    }
    return coded;
  }

  @Override
  public void decode(byte[] coded, int from, float[] features, int at, int count) {
    for (int i = 0; i < count; i++) {
      features[at + i] = (float) FLOATS.get(coded, from + i * Float.BYTES);
    }
  }
}

package io.centroid.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Writes float arrays in pieces of 64 kB; Kryo's own serializer goes float by float. */
public final class BulkFloats extends Serializer<float[]> {
  private static final int PIECE = 1 << 14;

  /** Creates the serializer. */
  public BulkFloats() {
    super(true, true);
  }

  @Override
  public void write(Kryo kryo, Output output, float[] values) {
    if (values == null) {
      output.writeVarInt(0, true);
      return;
    }
    output.writeVarInt(values.length + 1, true);
    byte[] piece = new byte[Math.min(PIECE, values.length) * Float.BYTES];
    FloatBuffer view = view(piece);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      view.put(0, values, from, count);
      output.writeBytes(piece, 0, count * Float.BYTES);
    }
  }

  @Override
  public float[] read(Kryo kryo, Input input, Class<float[]> type) {
    int header = input.readVarInt(true);
    if (header == 0) {
      return null;
    }
    float[] values = new float[header - 1];
    byte[] piece = new byte[Math.min(PIECE, values.length) * Float.BYTES];
    FloatBuffer view = view(piece);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      input.readBytes(piece, 0, count * Float.BYTES);
      view.get(0, values, from, count);
    }
    return values;
  }

  /** Little-endian as most processors are, so that copying is all there is to do. */
  private static FloatBuffer view(byte[] piece) {
    return ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}

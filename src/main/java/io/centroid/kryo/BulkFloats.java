package io.centroid.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;

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
    ByteBuffer bytes = ByteBuffer.allocate(Math.min(PIECE, values.length) * Float.BYTES);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      bytes.asFloatBuffer().put(values, from, count);
      output.writeBytes(bytes.array(), 0, count * Float.BYTES);
    }
  }

  @Override
  public float[] read(Kryo kryo, Input input, Class<float[]> type) {
    int header = input.readVarInt(true);
    if (header == 0) {
      return null;
    }
    float[] values = new float[header - 1];
    ByteBuffer bytes = ByteBuffer.allocate(Math.min(PIECE, values.length) * Float.BYTES);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      input.readBytes(bytes.array(), 0, count * Float.BYTES);
      bytes.asFloatBuffer().get(values, from, count);
    }
    return values;
  }
}

package io.centroid.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.centroid.data.FloatBytes;
import java.nio.ByteOrder;

/** Writes float arrays in bulk; Kryo's own serializer goes float by float. */
public final class BulkFloats extends Serializer<float[]> {
  /** As most processors have it, so that copying is all there is to do. */
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

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
    FloatBytes.write(values, ORDER, output::writeBytes);
  }

  @Override
  public float[] read(Kryo kryo, Input input, Class<float[]> type) {
    int header = input.readVarInt(true);
    if (header == 0) {
      return null;
    }
    float[] values = new float[header - 1];
    FloatBytes.read(values, ORDER, input::readBytes);
    return values;
  }
}

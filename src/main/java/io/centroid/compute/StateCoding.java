package io.centroid.compute;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A {@link TrainingState} as bytes, little-endian: the iteration, the number n of slots of updater
 * state, the 1 + n lengths of the arrays (all int32), the parameters, the slots (float32).
 */
public final class StateCoding {
  /** Bytes read at once. */
  private static final int PIECE = 1 << 16;

  private StateCoding() {}

  /**
   * Encodes a state.
   *
   * @throws ArithmeticException when it has 2 GB or more
   */
  public static ByteBuffer encode(TrainingState state) {
    int slots = state.updaterState().length;
    long floats = state.parameters().length;
    for (float[] slot : state.updaterState()) {
      floats += slot.length;
    }
    long size = Integer.BYTES * (3L + slots) + Float.BYTES * floats;
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(state.iteration()).putInt(slots).putInt(state.parameters().length);
    for (float[] slot : state.updaterState()) {
      bytes.putInt(slot.length);
    }
    FloatBuffer values = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    values.put(state.parameters());
    for (float[] slot : state.updaterState()) {
      values.put(slot);
    }
    return bytes.rewind();
  }

  /**
   * Decodes one state.
   *
   * @param in is read up to the end of the state
   * @throws EOFException when it ends before
   */
  public static TrainingState decode(InputStream in) throws IOException {
    int iteration = readInt(in);
    int slots = readInt(in);
    float[] parameters = new float[readInt(in)];
    float[][] updaterState = new float[slots][];
    for (int slot = 0; slot < slots; slot++) {
      updaterState[slot] = new float[readInt(in)];
    }
    byte[] piece = new byte[PIECE];
    read(in, piece, parameters);
    for (float[] slot : updaterState) {
      read(in, piece, slot);
    }
    return new TrainingState(parameters, updaterState, iteration);
  }

  private static int readInt(InputStream in) throws IOException {
    byte[] bytes = new byte[Integer.BYTES];
    readFully(in, bytes, bytes.length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  private static void read(InputStream in, byte[] piece, float[] values) throws IOException {
    FloatBuffer view = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int from = 0; from < values.length; from += view.capacity()) {
      int count = Math.min(view.capacity(), values.length - from);
      readFully(in, piece, count * Float.BYTES);
      view.get(0, values, from, count);
    }
  }

  private static void readFully(InputStream in, byte[] bytes, int count) throws IOException {
    int read = in.readNBytes(bytes, 0, count);
    if (read < count) {
      throw new EOFException(
          "Cannot read a training state: found its end %d bytes early.".formatted(count - read));
    }
  }
}

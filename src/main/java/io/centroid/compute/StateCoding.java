package io.centroid.compute;

import io.centroid.data.FloatBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@link TrainingState} as bytes, little-endian: the iteration, the number n of slots of updater
 * state, the 1 + n lengths of the arrays (all int32), the parameters, the slots (float32).
 */
public final class StateCoding {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private StateCoding() {}

  /** How many bytes a state has. */
  public static long size(TrainingState state) {
    int slots = state.updaterState().length;
    long floats = state.parameters().length;
    for (float[] slot : state.updaterState()) {
      floats += slot.length;
    }
    return Integer.BYTES * (3L + slots) + Float.BYTES * floats;
  }

  /**
   * Encodes a state.
   *
   * @throws ArithmeticException when it has 2 GB or more
   */
  public static ByteBuffer encode(TrainingState state) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size(state))).order(ORDER);
    bytes.putInt(state.iteration());
    bytes.putInt(state.updaterState().length).putInt(state.parameters().length);
    for (float[] slot : state.updaterState()) {
      bytes.putInt(slot.length);
    }
    int at = bytes.position();
    FloatBytes.put(state.parameters(), bytes.array(), at, ORDER);
    at += Float.BYTES * state.parameters().length;
    for (float[] slot : state.updaterState()) {
      FloatBytes.put(slot, bytes.array(), at, ORDER);
      at += Float.BYTES * slot.length;
    }
    return bytes.rewind();
  }

  /**
   * Decodes one state.
   *
   * @param in is read up to the end of the state
   * @param most how many bytes are left in it: lengths beyond that are not believed
   * @throws EOFException when it ends before
   */
  public static TrainingState decode(InputStream in, long most) throws IOException {
    int iteration = readInt(in);
    long left = most / Integer.BYTES - 2;
    float[][] updaterState = new float[length(readInt(in), left)][];
    left -= 1 + updaterState.length;
    float[] parameters = new float[length(readInt(in), left)];
    left -= parameters.length;
    for (int slot = 0; slot < updaterState.length; slot++) {
      updaterState[slot] = new float[length(readInt(in), left)];
      left -= updaterState[slot].length;
    }
    FloatBytes.Source<IOException> source =
        (bytes, from, count) -> readFully(in, bytes, from, count);
    FloatBytes.read(parameters, ORDER, source);
    for (float[] slot : updaterState) {
      FloatBytes.read(slot, ORDER, source);
    }
    return new TrainingState(parameters, updaterState, iteration);
  }

  private static int length(int found, long most) throws EOFException {
    if (found < 0 || found > most) {
      throw new EOFException(
          "Cannot read a training state: found length %d, expected 0 to %d."
              .formatted(found, most));
    }
    return found;
  }

  private static int readInt(InputStream in) throws IOException {
    byte[] bytes = new byte[Integer.BYTES];
    readFully(in, bytes, 0, bytes.length);
    return ByteBuffer.wrap(bytes).order(ORDER).getInt();
  }

  private static void readFully(InputStream in, byte[] bytes, int from, int count)
      throws IOException {
    int read = in.readNBytes(bytes, from, count);
    if (read < count) {
      throw new EOFException(
          "Cannot read a training state: found its end %d bytes early.".formatted(count - read));
    }
  }
}

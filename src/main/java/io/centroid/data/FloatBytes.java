package io.centroid.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** Copies between floats or doubles and their bytes: four or eight each, IEEE 754. */
public final class FloatBytes {
  /** Values that are copied at once where they go through a buffer, 64 or 128 kB. */
  private static final int PIECE = 1 << 14;

  private static final VarHandle LITTLE_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private FloatBytes() {}

  /**
   * Takes bytes.
   *
   * @param <E> what goes wrong when it cannot
   */
  @FunctionalInterface
  public interface Sink<E extends Exception> {
    /** Takes {@code bytes[from .. from + count)}, which are overwritten afterwards. */
    void accept(byte[] bytes, int from, int count) throws E;
  }

  /**
   * Gives bytes.
   *
   * @param <E> what goes wrong when it cannot
   */
  @FunctionalInterface
  public interface Source<E extends Exception> {
    /** Fills {@code bytes[from .. from + count)}. */
    void fill(byte[] bytes, int from, int count) throws E;
  }

  /** Copies all floats to {@code bytes}, from byte {@code at} on. */
  public static void put(float[] values, byte[] bytes, int at, ByteOrder order) {
    view(bytes, at, order).put(0, values);
  }

  /** Copies all doubles to {@code bytes}, from byte {@code at} on. */
  public static void put(double[] values, byte[] bytes, int at, ByteOrder order) {
    slice(bytes, at, order).asDoubleBuffer().put(0, values);
  }

  /**
   * Copies {@code count} floats out of little-endian {@code bytes}, from byte {@code at} on. It
   * allocates nothing: local steps decode every example of every minibatch with it.
   */
  public static void get(byte[] bytes, int at, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      values[from + i] = (float) LITTLE_ENDIAN.get(bytes, at + i * Float.BYTES);
    }
  }

  /** The bits of the little-endian float at byte {@code at}. */
  static int bits(byte[] bytes, int at) {
    return Float.floatToRawIntBits((float) LITTLE_ENDIAN.get(bytes, at));
  }

  /** Hands all floats over as bytes, piece by piece. */
  public static <E extends Exception> void write(float[] values, ByteOrder order, Sink<E> sink)
      throws E {
    byte[] piece = piece(values);
    FloatBuffer view = view(piece, 0, order);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      view.put(0, values, from, count);
      sink.accept(piece, 0, count * Float.BYTES);
    }
  }

  /** Overwrites all floats with bytes that are asked for piece by piece. */
  public static <E extends Exception> void read(float[] values, ByteOrder order, Source<E> source)
      throws E {
    byte[] piece = piece(values);
    FloatBuffer view = view(piece, 0, order);
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      source.fill(piece, 0, count * Float.BYTES);
      view.get(0, values, from, count);
    }
  }

  /** Overwrites all doubles with bytes that are asked for piece by piece. */
  public static <E extends Exception> void read(double[] values, ByteOrder order, Source<E> source)
      throws E {
    byte[] piece = new byte[Math.min(PIECE, values.length) * Double.BYTES];
    DoubleBuffer view = slice(piece, 0, order).asDoubleBuffer();
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      source.fill(piece, 0, count * Double.BYTES);
      view.get(0, values, from, count);
    }
  }

  private static byte[] piece(float[] values) {
    return new byte[Math.min(PIECE, values.length) * Float.BYTES];
  }

  private static FloatBuffer view(byte[] bytes, int at, ByteOrder order) {
    return slice(bytes, at, order).asFloatBuffer();
  }

  private static ByteBuffer slice(byte[] bytes, int at, ByteOrder order) {
    return ByteBuffer.wrap(bytes, at, bytes.length - at).slice().order(order);
  }
}

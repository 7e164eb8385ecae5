package io.centroid.shard;

import io.centroid.data.Normalizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.parquet.column.Dictionary;

/** How values of a file become the bytes that examples are kept as. */
sealed interface ColumnValues {

  /** That of a format. */
  static ColumnValues of(RowFormat format) {
    return format.isOfPixels() ? new Pixels(format.normalizer()) : new Floats();
  }

  /** Takes the dictionary of what follows; null when there is none. */
  void useDictionary(Dictionary dictionary, int size);

  /** Whether an index into the dictionary is the byte itself. */
  boolean isIdentity();

  /**
   * Looks up the first ids.
   *
   * @param channel that of the first value
   * @param at place of the first value, counted in values
   */
  void lookUp(int[] ids, int count, int channel, byte[] bytes, int at);

  /** Puts one value. */
  void put(float value, int channel, byte[] bytes, int at);

  /**
   * Puts values that lie one after the other as floats, where that is what examples are kept as.
   *
   * @return whether it did
   */
  boolean putAll(ByteBuffer floats, int count, byte[] bytes);

  /** The pixels that normalized features were made from. */
  final class Pixels implements ColumnValues {
    private final Normalizer normalizer;

    /** By channel and index, the pixel that an entry was made from, or −1. */
    private final short[][] dictionary;

    private boolean identity;

    Pixels(Normalizer normalizer) {
      this.normalizer = normalizer;
      this.dictionary = new short[normalizer.channels()][0];
    }

    @Override
    public void useDictionary(Dictionary entries, int size) {
      for (int channel = 0; channel < dictionary.length; channel++) {
        dictionary[channel] = new short[size];
        for (int id = 0; id < size; id++) {
          dictionary[channel][id] = (short) normalizer.pixel(channel, entries.decodeToFloat(id));
        }
      }
      identity = Arrays.stream(dictionary).allMatch(Pixels::isIdentity);
    }

    private static boolean isIdentity(short[] pixels) {
      return pixels.length == 1 << Byte.SIZE
          && IntStream.range(0, pixels.length).allMatch(id -> pixels[id] == id);
    }

    @Override
    public boolean isIdentity() {
      return identity;
    }

    /** Channel by channel. */
    @Override
    public void lookUp(int[] ids, int count, int channel, byte[] bytes, int at) {
      int channels = dictionary.length;
      int all = 0;
      for (int first = 0; first < channels; first++) {
        short[] pixels = dictionary[(channel + first) % channels];
        for (int i = first; i < count; i += channels) {
          int pixel = pixels[ids[i]];
          all |= pixel;
          bytes[at + i] = (byte) pixel;
        }
      }
      requirePixels(all);
    }

    @Override
    public void put(float value, int channel, byte[] bytes, int at) {
      int pixel = normalizer.pixel(channel, value);
      requirePixels(pixel);
      bytes[at] = (byte) pixel;
    }

    @Override
    public boolean putAll(ByteBuffer floats, int count, byte[] bytes) {
      return false;
    }

    private static void requirePixels(int pixels) {
      if (pixels < 0) {
        throw new IllegalStateException(
            "features that the manifest's normalization does not make of pixels");
      }
    }
  }

  /** The floats themselves, little-endian. */
  final class Floats implements ColumnValues {
    private int[] dictionary = {};

    @Override
    public void useDictionary(Dictionary entries, int size) {
      dictionary =
          IntStream.range(0, size)
              .map(id -> Float.floatToRawIntBits(entries.decodeToFloat(id)))
              .toArray();
    }

    @Override
    public boolean isIdentity() {
      return false;
    }

    @Override
    public void lookUp(int[] ids, int count, int channel, byte[] bytes, int at) {
      ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        values.putInt((at + i) * Float.BYTES, dictionary[ids[i]]);
      }
    }

    @Override
    public void put(float value, int channel, byte[] bytes, int at) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(at * Float.BYTES, value);
    }

    @Override
    public boolean putAll(ByteBuffer floats, int count, byte[] bytes) {
      floats.get(bytes, 0, count * Float.BYTES);
      return true;
    }
  }
}

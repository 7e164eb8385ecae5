package io.centroid.shard;

import io.centroid.data.Normalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/** How what examples are kept as becomes the values of a page. */
sealed interface PageValues {

  /** That of a format. */
  static PageValues of(RowFormat format) {
    return format.isOfPixels() ? new Pixels(format.normalizer()) : new Floats();
  }

  /** How the values are encoded. */
  Encoding encoding();

  /** What goes in front of the pages; null for nothing. */
  DictionaryPage dictionary();

  /**
   * Writes values.
   *
   * @param coded some whole examples
   * @param count of the values
   * @param page gets them
   * @param statistics told of them
   */
  void write(byte[] coded, int count, ByteArrayOutputStream page, Statistics<?> statistics)
      throws IOException;

  /**
   * Pixels as indices into what the normalization makes of them, which is known before the first
   * row: channels have one table together where all of them are the same.
   */
  final class Pixels implements PageValues {
    private static final int LEVELS = 256;

    /** Indices that are packed together. */
    private static final int PACKED = 8;

    private final int channels;

    /** The features, and for each channel where those of its pixels begin. */
    private final float[] dictionary;

    private final int[] begins;
    private final BytePacker packer;

    Pixels(Normalizer normalizer) {
      channels = normalizer.channels();
      begins = begins(normalizer);
      dictionary = new float[begins[begins.length - 1] + LEVELS];
      for (int channel = 0; channel < channels; channel++) {
        for (int pixel = 0; pixel < LEVELS; pixel++) {
          dictionary[begins[channel] + pixel] = normalizer.feature(channel, pixel);
        }
      }
      packer =
          Packer.LITTLE_ENDIAN.newBytePacker(
              Integer.SIZE - Integer.numberOfLeadingZeros(dictionary.length - 1));
    }

    private static int[] begins(Normalizer normalizer) {
      int channels = normalizer.channels();
      for (int channel = 0; channel < channels; channel++) {
        for (int pixel = 0; pixel < LEVELS; pixel++) {
          if (normalizer.feature(channel, pixel) != normalizer.feature(0, pixel)) {
            return IntStream.range(0, channels).map(each -> each * LEVELS).toArray();
          }
        }
      }
      return new int[channels];
    }

    @Override
    public Encoding encoding() {
      return Encoding.RLE_DICTIONARY;
    }

    @Override
    public DictionaryPage dictionary() {
      ByteBuffer entries =
          ByteBuffer.allocate(dictionary.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      entries.asFloatBuffer().put(dictionary);
      return new DictionaryPage(BytesInput.from(entries), dictionary.length, Encoding.PLAIN);
    }

    @Override
    public void write(byte[] coded, int count, ByteArrayOutputStream page, Statistics<?> statistics)
        throws IOException {
      int groups = (count + PACKED - 1) / PACKED;
      int width = packer.getBitWidth();
      page.write(width);
      BytesUtils.writeUnsignedVarInt(2 * groups + 1, page);
      boolean[] used = new boolean[dictionary.length];
      byte[] packed = new byte[groups * width];
      int[] indices = new int[PACKED];
      int channel = 0;
      for (int at = 0; at < count; at += PACKED) {
        int known = Math.min(PACKED, count - at);
        for (int i = 0; i < known; i++) {
          indices[i] = begins[channel] + (coded[at + i] & 0xff);
          used[indices[i]] = true;
          channel = channel + 1 == channels ? 0 : channel + 1;
        }
        packer.pack8Values(indices, 0, packed, at / PACKED * width);
      }
      page.writeBytes(packed);
      for (int i = 0; i < used.length; i++) {
        if (used[i]) {
          statistics.updateStats(dictionary[i]);
        }
      }
    }
  }

  /** Floats as they are. */
  final class Floats implements PageValues {
    @Override
    public Encoding encoding() {
      return Encoding.PLAIN;
    }

    @Override
    public DictionaryPage dictionary() {
      return null;
    }

    @Override
    public void write(
        byte[] coded, int count, ByteArrayOutputStream page, Statistics<?> statistics) {
      page.write(coded, 0, count * Float.BYTES);
      ByteBuffer values = ByteBuffer.wrap(coded).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        statistics.updateStats(values.getFloat(i * Float.BYTES));
      }
    }
  }
}

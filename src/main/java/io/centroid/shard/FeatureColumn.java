package io.centroid.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * The features in one row group of a shard, page by page, as examples are kept: the pixels that
 * they were made from, or floats. Parquet's own readers go value by value, which takes ten times as
 * long.
 *
 * <p>Levels and indices into the dictionary are in Parquet's hybrid of run lengths and bit packing
 * (Encodings.md of the Parquet format): a varint whose lowest bit says which, then one value and
 * how often it repeats, or groups of eight. Levels are not kept: every row has as many values as
 * every other, so that it is known what they must be.
 */
final class FeatureColumn {
  private static final int GROUP = 8;
  private static final int WIDEST = 24;

  /** Indices that are unpacked at a time. */
  private static final int CHUNK = 1024;

  private final PageReader pages;
  private final ColumnDescriptor column;
  private final ColumnValues coder;
  private final int features;
  private final int channels;
  private final int bytesPerValue;

  private final int[] ids = new int[CHUNK];

  /** Values of the row group that are in no page so far. */
  private long left;

  /** Of a page; places in it are counted in bytes. */
  private byte[] values = {};

  private int next;
  private int end;

  /**
   * The column of a row group.
   *
   * @param rows how many it has
   */
  FeatureColumn(PageReader pages, ColumnDescriptor column, RowFormat format, long rows)
      throws IOException {
    this.pages = pages;
    this.column = column;
    this.coder = ColumnValues.of(format);
    this.bytesPerValue = format.bytesPerValue();
    this.features = format.features();
    this.channels = format.channels();
    this.left = Math.multiplyExact(rows, features);
    DictionaryPage page = pages.readDictionaryPage();
    if (page != null) {
      int size = page.getDictionarySize();
      if (size < 0 || (long) size * Float.BYTES > page.getBytes().size()) {
        throw damage(
            "a dictionary of %d values in %d bytes".formatted(size, page.getBytes().size()));
      }
      coder.useDictionary(page.getEncoding().initDictionary(column, page), size);
    }
  }

  /** Reads the next row. */
  void read(byte[] row) throws IOException {
    int filled = 0;
    while (filled < row.length) {
      if (next == end) {
        page();
      }
      int count = Math.min(row.length - filled, end - next);
      System.arraycopy(values, next, row, filled, count);
      next += count;
      filled += count;
    }
  }

  /** Nothing may be left after the last row. */
  void requireEnd() {
    if (left > 0 || next < end || pages.readPage() != null) {
      throw damage("more features than rows");
    }
  }

  private void page() throws IOException {
    DataPage page = pages.readPage();
    if (page == null) {
      throw damage("%d features too few".formatted(left));
    }
    int count = page.getValueCount();
    if (count < 0 || count > left) {
      throw damage("a page of %d features where there are %d".formatted(count, left));
    }
    int bytesOfPage = Math.multiplyExact(count, bytesPerValue);
    if (values.length < bytesOfPage) {
      values = new byte[bytesOfPage];
    }
    if (page instanceof DataPageV1 first) {
      ByteBuffer bytes = littleEndian(first.getBytes().toByteBuffer());
      requireRuns(first.getRlEncoding());
      requireRuns(first.getDlEncoding());
      checkLevels(cut(bytes, bytes.getInt()), count, true);
      checkLevels(cut(bytes, bytes.getInt()), count, false);
      decode(bytes, count, first.getValueEncoding());
    } else if (page instanceof DataPageV2 second) {
      checkLevels(littleEndian(second.getRepetitionLevels().toByteBuffer()), count, true);
      checkLevels(littleEndian(second.getDefinitionLevels().toByteBuffer()), count, false);
      decode(littleEndian(second.getData().toByteBuffer()), count, second.getDataEncoding());
    } else {
      throw damage("a page of an unknown kind");
    }
    left -= count;
    next = 0;
    end = bytesOfPage;
  }

  private static void requireRuns(Encoding levels) {
    if (levels != Encoding.RLE) {
      throw damage("levels in the encoding %s".formatted(levels));
    }
  }

  private static ByteBuffer littleEndian(ByteBuffer bytes) {
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next bytes as a buffer of their own; {@code from} goes on behind them. */
  private static ByteBuffer cut(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw damage("a part of %d bytes where there are %d".formatted(length, from.remaining()));
    }
    ByteBuffer part = littleEndian(from).limit(length);
    from.position(from.position() + length);
    return part;
  }

  /**
   * Checks that each row has its number of values and that each of them is there.
   *
   * @param repetition whether these are repetition levels: 0 where a row begins, 1 within it;
   *     definition levels are all 1
   */
  private void checkLevels(ByteBuffer levels, int count, boolean repetition) {
    for (int at = 0; at < count; ) {
      int header = varint(levels);
      int length = header >>> 1;
      if (length == 0) {
        throw damage("an empty run");
      }
      if ((header & 1) == 0) {
        requireRoom(length, count - at);
        requireLevels(at, length, levels.get(), repetition);
        at += length;
      } else {
        for (int group = 0; group < length && at < count; group++) {
          int bits = levels.get();
          for (int i = 0; i < GROUP && at < count; i++, at++) {
            requireLevels(at, 1, bits >> i & 1, repetition);
          }
        }
      }
    }
  }

  private void requireLevels(int from, int length, int found, boolean repetition) {
    // As many as are left end with a row, so that the next row begins where a multiple is left.
    int untilRow = repetition ? (int) ((left - from) % features) : length;
    boolean beginsRow = untilRow == 0;
    boolean right =
        found == 1 ? !beginsRow && length <= untilRow : found == 0 && beginsRow && length == 1;
    if (!right) {
      throw damage("rows of another number of features than %d".formatted(features));
    }
  }

  private void decode(ByteBuffer bytes, int count, Encoding encoding) throws IOException {
    if (encoding.usesDictionary()) {
      lookUp(bytes, count);
      return;
    }
    if (encoding == Encoding.PLAIN && coder.putAll(bytes, count, values)) {
      return;
    }
    ValuesReader reader = encoding.getValuesReader(column, ValuesType.VALUES);
    reader.initFromPage(count, ByteBufferInputStream.wrap(bytes));
    for (int i = 0; i < count; i++) {
      coder.put(reader.readFloat(), channel(i), values, i);
    }
  }

  /** The channel of a value of this page: the column begins with the first, as every row does. */
  private int channel(int at) {
    return Math.floorMod(at - left, channels);
  }

  private void lookUp(ByteBuffer indices, int count) {
    int width = indices.get();
    if (width < 0 || width > WIDEST) {
      throw damage("indices of %d bits".formatted(width));
    }
    BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
    int size = indices.remaining();
    ByteBuffer bytes = ByteBuffer.allocate(size + width); // the last group may be cut short
    bytes.put(0, indices, indices.position(), size);
    for (int at = 0; at < count; ) {
      int header = varint(indices);
      int length = header >>> 1;
      if (length == 0) {
        throw damage("an empty run");
      }
      if ((header & 1) == 0) {
        requireRoom(length, count - at);
        int id = 0;
        for (int bit = 0; bit < width; bit += Byte.SIZE) {
          id |= (indices.get() & 0xff) << bit;
        }
        Arrays.fill(ids, 0, Math.min(length, CHUNK), id);
        for (int done = 0; done < length; done += CHUNK) {
          look(at + done, Math.min(CHUNK, length - done));
        }
        at += length;
      } else {
        int groups = Math.min(length, (count - at + GROUP - 1) / GROUP);
        int from = size - indices.remaining();
        if (coder.isIdentity() && width == Byte.SIZE) {
          int known = Math.min(groups * GROUP, count - at);
          bytes.get(from, values, at, known);
          at += known;
          from += groups * GROUP;
          groups = 0;
        }
        for (int group = 0; group < groups; ) {
          int unpacked = 0;
          for (; unpacked < CHUNK && group < groups; group++, unpacked += GROUP, from += width) {
            packer.unpack8Values(bytes, from, ids, unpacked);
          }
          int known = Math.min(unpacked, count - at);
          look(at, known);
          at += known;
        }
        indices.position(Math.min(size, from) + indices.limit() - size);
      }
    }
  }

  private void look(int at, int count) {
    coder.lookUp(ids, count, channel(at), values, at);
  }

  private static void requireRoom(int length, int count) {
    if (length > count) {
      throw damage("a run of %d features where there are %d".formatted(length, count));
    }
  }

  private static int varint(ByteBuffer from) {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte part = from.get();
      value |= (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw damage("a number without end");
  }

  private static IllegalStateException damage(String found) {
    return new IllegalStateException(found);
  }
}

package io.centroid.shard;

import io.centroid.data.Normalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

/**
 * Writes a shard's rows as Parquet, page by page. The dictionary of the features is known before
 * the first row: it is what the normalization makes of pixels. Parquet's own writer looks for one
 * value by value, which takes ten times as long.
 *
 * <p>Nothing is compressed: pixels in as many bits as they need are as small as any codec makes
 * them. The format of levels and indices is that of {@link FeatureColumn}.
 */
final class ShardFile {
  private static final int PAGE_VALUES = 3 << 18;
  private static final int MOST_PAGE_ROWS = 1 << 14;

  /** Kept in memory until they are all there: 48 MB, or 60 MB where each channel has its table. */
  private static final int GROUP_PAGES = 64;

  private static final int LEVELS = 256;
  private static final int PACKED = 8;
  private static final List<ColumnDescriptor> COLUMNS = ShardSchema.TYPE.getColumns();

  private final ParquetFileWriter file;
  private final int features;
  private final int channels;
  private final int pageRows;

  /** The features, and for each channel where those of its pixels begin. */
  private final float[] dictionary;

  private final int[] begins;
  private final BytePacker packer;

  private final ByteBuffer ids;
  private final ByteBuffer labels;
  private final byte[] pixels;
  private final List<Page> pages = new ArrayList<>();
  private int rowsInPage;

  /** Features of some rows. */
  private record Page(int rows, BytesInput bytes, Statistics<?> statistics) {}

  ShardFile(OutputFile output, RowFormat format) throws IOException {
    this.features = format.features();
    this.channels = format.channels();
    this.pageRows = Math.max(1, Math.min(PAGE_VALUES / features, MOST_PAGE_ROWS));
    this.ids = littleEndian(GROUP_PAGES * pageRows * Long.BYTES);
    this.labels = littleEndian(GROUP_PAGES * pageRows * Integer.BYTES);
    this.pixels = new byte[pageRows * features];
    Normalizer normalizer = format.normalizer();
    this.begins = begins(normalizer);
    this.dictionary = new float[begins[begins.length - 1] + LEVELS];
    for (int channel = 0; channel < channels; channel++) {
      for (int pixel = 0; pixel < LEVELS; pixel++) {
        dictionary[begins[channel] + pixel] = normalizer.feature(channel, pixel);
      }
    }
    this.packer =
        Packer.LITTLE_ENDIAN.newBytePacker(
            Integer.SIZE - Integer.numberOfLeadingZeros(dictionary.length - 1));
    this.file =
        new ParquetFileWriter(
            output,
            ShardSchema.TYPE,
            ParquetFileWriter.Mode.OVERWRITE,
            ParquetWriter.DEFAULT_BLOCK_SIZE,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
    file.start();
  }

  /** Channels have one table together where all of them are the same. */
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

  /** Adds a row; its pixels may change afterwards. */
  void write(Example row) throws IOException {
    ids.putLong(row.id());
    labels.putInt(row.label());
    System.arraycopy(row.pixels(), 0, pixels, rowsInPage * features, features);
    rowsInPage++;
    if (rowsInPage == pageRows) {
      endPage();
    }
    if (!ids.hasRemaining()) {
      endGroup();
    }
  }

  /** Writes what is left, and the footer, and closes the output. */
  void close() throws IOException {
    endPage();
    endGroup();
    file.end(Map.of());
  }

  private void endPage() throws IOException {
    if (rowsInPage == 0) {
      return;
    }
    int count = rowsInPage * features;
    int groups = (count + PACKED - 1) / PACKED;
    int width = packer.getBitWidth();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(groups * width);
    levels(repetition(rowsInPage), bytes);
    levels(run(count, 1), bytes);
    bytes.write(width);
    BytesUtils.writeUnsignedVarInt(2 * groups + 1, bytes);
    boolean[] used = new boolean[dictionary.length];
    byte[] packed = new byte[groups * width];
    int[] indices = new int[PACKED];
    int channel = 0;
    for (int at = 0; at < count; at += PACKED) {
      int known = Math.min(PACKED, count - at);
      for (int i = 0; i < known; i++) {
        indices[i] = begins[channel] + (pixels[at + i] & 0xff);
        used[indices[i]] = true;
        channel = channel + 1 == channels ? 0 : channel + 1;
      }
      packer.pack8Values(indices, 0, packed, at / PACKED * width);
    }
    bytes.writeBytes(packed);
    Statistics<?> statistics = statistics(COLUMNS.get(2));
    for (int i = 0; i < used.length; i++) {
      if (used[i]) {
        statistics.updateStats(dictionary[i]);
      }
    }
    pages.add(new Page(rowsInPage, BytesInput.from(bytes), statistics));
    rowsInPage = 0;
  }

  /** Repetition levels: 0 where a row begins, and 1 for its other values. */
  private byte[] repetition(int rows) throws IOException {
    ByteArrayOutputStream levels = new ByteArrayOutputStream();
    for (int row = 0; row < rows; row++) {
      levels.writeBytes(run(1, 0));
      if (features > 1) {
        levels.writeBytes(run(features - 1, 1));
      }
    }
    return levels.toByteArray();
  }

  private static byte[] run(int length, int level) throws IOException {
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    BytesUtils.writeUnsignedVarInt(length << 1, run);
    run.write(level);
    return run.toByteArray();
  }

  private static void levels(byte[] levels, ByteArrayOutputStream to) throws IOException {
    BytesUtils.writeIntLittleEndian(to, levels.length);
    to.writeBytes(levels);
  }

  private void endGroup() throws IOException {
    int rows = ids.position() / Long.BYTES;
    if (rows == 0) {
      return;
    }
    file.startBlock(rows);
    Statistics<?> ofIds = statistics(COLUMNS.get(0));
    Statistics<?> ofLabels = statistics(COLUMNS.get(1));
    for (int row = 0; row < rows; row++) {
      ofIds.updateStats(ids.getLong(row * Long.BYTES));
      ofLabels.updateStats(labels.getInt(row * Integer.BYTES));
    }
    plain(COLUMNS.get(0), rows, ids, ofIds);
    plain(COLUMNS.get(1), rows, labels, ofLabels);
    features(rows);
    file.endBlock();
    pages.clear();
  }

  private void plain(ColumnDescriptor column, int rows, ByteBuffer values, Statistics<?> statistics)
      throws IOException {
    file.startColumn(column, rows, CompressionCodecName.UNCOMPRESSED);
    BytesInput bytes = BytesInput.from(values.duplicate().flip());
    page(rows, rows, bytes, statistics, Encoding.PLAIN);
    file.endColumn();
    values.clear();
  }

  private void features(int rows) throws IOException {
    file.startColumn(COLUMNS.get(2), (long) rows * features, CompressionCodecName.UNCOMPRESSED);
    ByteBuffer entries = littleEndian(dictionary.length * Float.BYTES);
    entries.asFloatBuffer().put(dictionary);
    file.writeDictionaryPage(
        new DictionaryPage(BytesInput.from(entries), dictionary.length, Encoding.PLAIN));
    for (Page page : pages) {
      int values = page.rows() * features;
      page(page.rows(), values, page.bytes(), page.statistics(), Encoding.RLE_DICTIONARY);
    }
    file.endColumn();
  }

  private void page(
      int rows, int values, BytesInput bytes, Statistics<?> statistics, Encoding encoding)
      throws IOException {
    int size = Math.toIntExact(bytes.size());
    file.writeDataPage(values, size, bytes, statistics, rows, Encoding.RLE, Encoding.RLE, encoding);
  }

  private static Statistics<?> statistics(ColumnDescriptor column) {
    return Statistics.createStats(column.getPrimitiveType());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

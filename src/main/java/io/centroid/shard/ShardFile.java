package io.centroid.shard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Writes a shard's rows as Parquet, page by page: Parquet's own writer goes value by value and
 * looks for a dictionary, which for pixels takes ten times as long.
 *
 * <p>Nothing is compressed: pixels in as many bits as they need are as small as any codec makes
 * them. The format of levels and indices is that of {@link FeatureColumn}.
 */
final class ShardFile {
  private static final int PAGE_VALUES = 3 << 18;
  private static final int MOST_PAGE_ROWS = 1 << 14;

  /** Kept in memory until they are all there: 48 MB, or 60 MB where each channel has its table. */
  private static final int GROUP_BYTES = 64 * PAGE_VALUES;

  private final List<ColumnDescriptor> columns;
  private final ParquetFileWriter file;
  private final PageValues values;
  private final int features;
  private final int featureBytes;
  private final int pageRows;
  private final ByteBuffer ids;
  private final ByteBuffer labels;

  /** Of rows that have some. */
  private final ByteBuffer weights;

  /** Features of the rows of a page, as examples are kept. */
  private final byte[] coded;

  private final List<Page> pages = new ArrayList<>();
  private int rowsInPage;

  /** Features of some rows. */
  private record Page(int rows, BytesInput bytes, Statistics<?> statistics) {}

  ShardFile(OutputFile output, RowFormat format) throws IOException {
    this.values = PageValues.of(format);
    this.features = format.features();
    this.featureBytes = format.featureBytes();
    this.pageRows = Math.max(1, Math.min(PAGE_VALUES / features, MOST_PAGE_ROWS));
    int groupPages = Math.max(1, GROUP_BYTES / featureBytes / pageRows);
    int groupRows = groupPages * pageRows;
    this.ids = littleEndian(groupRows * Long.BYTES);
    this.labels = littleEndian(groupRows * Integer.BYTES);
    this.weights = littleEndian(format.weighted() ? groupRows * Float.BYTES : 0);
    this.coded = new byte[pageRows * featureBytes];
    MessageType schema = ShardSchema.of(format);
    this.columns = schema.getColumns();
    this.file =
        new ParquetFileWriter(
            output,
            schema,
            ParquetFileWriter.Mode.OVERWRITE,
            ParquetWriter.DEFAULT_BLOCK_SIZE,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
    file.start();
  }

  /** Adds a row; its features may change afterwards. */
  void write(Example row) throws IOException {
    ids.putLong(row.id());
    labels.putInt(row.label());
    if (isWeighted()) {
      weights.putFloat(row.weight());
    }
    System.arraycopy(row.features(), 0, coded, rowsInPage * featureBytes, featureBytes);
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
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(rowsInPage * featureBytes);
    levels(repetition(rowsInPage), bytes);
    levels(run(count, 1), bytes);
    Statistics<?> statistics = statistics(featureColumn());
    values.write(coded, count, bytes, statistics);
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
    Statistics<?> ofIds = statistics(columns.get(0));
    Statistics<?> ofLabels = statistics(columns.get(1));
    for (int row = 0; row < rows; row++) {
      ofIds.updateStats(ids.getLong(row * Long.BYTES));
      ofLabels.updateStats(labels.getInt(row * Integer.BYTES));
    }
    plain(columns.get(0), rows, ids, ofIds);
    plain(columns.get(1), rows, labels, ofLabels);
    weights(rows);
    features(rows);
    file.endBlock();
    pages.clear();
  }

  private void plain(
      ColumnDescriptor column, int rows, ByteBuffer numbers, Statistics<?> statistics)
      throws IOException {
    file.startColumn(column, rows, CompressionCodecName.UNCOMPRESSED);
    BytesInput bytes = BytesInput.from(numbers.duplicate().flip());
    page(rows, rows, bytes, statistics, Encoding.PLAIN);
    file.endColumn();
    numbers.clear();
  }

  private void weights(int rows) throws IOException {
    if (isWeighted()) {
      Statistics<?> ofWeights = statistics(columns.get(2));
      for (int row = 0; row < rows; row++) {
        ofWeights.updateStats(weights.getFloat(row * Float.BYTES));
      }
      plain(columns.get(2), rows, weights, ofWeights);
    }
  }

  private boolean isWeighted() {
    return weights.capacity() > 0;
  }

  private ColumnDescriptor featureColumn() {
    return columns.get(columns.size() - 1);
  }

  private void features(int rows) throws IOException {
    file.startColumn(featureColumn(), (long) rows * features, CompressionCodecName.UNCOMPRESSED);
    DictionaryPage dictionary = values.dictionary();
    if (dictionary != null) {
      file.writeDictionaryPage(dictionary);
    }
    for (Page page : pages) {
      int count = page.rows() * features;
      page(page.rows(), count, page.bytes(), page.statistics(), values.encoding());
    }
    file.endColumn();
  }

  private void page(
      int rows, int count, BytesInput bytes, Statistics<?> statistics, Encoding encoding)
      throws IOException {
    int size = Math.toIntExact(bytes.size());
    file.writeDataPage(count, size, bytes, statistics, rows, Encoding.RLE, Encoding.RLE, encoding);
  }

  private static Statistics<?> statistics(ColumnDescriptor column) {
    return Statistics.createStats(column.getPrimitiveType());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

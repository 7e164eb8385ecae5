package io.centroid.shard;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;

/**
 * Reads the examples of one shard file and checks them against the manifest: whoever reads to the
 * end knows that every row is as it was written.
 */
final class ShardReader implements Iterator<Example>, AutoCloseable {
  private final Path path;
  private final ShardEntry entry;
  private final RowFormat format;
  private final ContentHash hash;
  private ParquetFileReader file;
  private ExampleColumns columns;
  private long rowsInGroup;
  private Example next;
  private long rows;
  private ShardIds ids = ShardIds.NONE;

  /**
   * Opens a shard.
   *
   * @throws JobException with category DATA when it is damaged, or that of the storage's failure
   */
  ShardReader(Path directory, ShardEntry entry, RowFormat format, Configuration configuration) {
    this.path = new Path(directory, entry.file());
    this.entry = entry;
    this.format = format;
    this.hash = new ContentHash(format.weighted());
    try {
      file = open(HadoopInputFile.fromPath(path, configuration), configuration);
      MessageType schema = ShardSchema.of(format);
      file.getFileMetaData().getSchema().checkContains(schema);
      file.setRequestedSchema(schema);
      advance();
    } catch (IOException | RuntimeException e) {
      // Parquet throws unchecked exceptions of many kinds at damaged files.
      throw e instanceof JobException known ? known : unreadable(e);
    }
  }

  private static ParquetFileReader open(HadoopInputFile from, Configuration configuration)
      throws IOException {
    HadoopReadOptions.Builder options = HadoopReadOptions.builder(configuration);
    CompressionCodecFactory codecs = options.build().getCodecFactory();
    return ParquetFileReader.open(
        from, options.withCodecFactory(new CheckedCodecs(codecs)).build());
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Example next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    Example current = next;
    advance();
    return current;
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
        file = null;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void advance() {
    try {
      next = read();
      ids = next == null ? ids : ids.plus(next.id());
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
    if (next == null) {
      close();
      check();
      return;
    }
    rows++;
    hash.add(next);
  }

  /** The next row; null after the last one. */
  private Example read() throws IOException {
    while (rowsInGroup == 0) {
      PageReadStore group = file.readNextRowGroup();
      if (group == null) {
        return null;
      }
      rowsInGroup = group.getRowCount();
      columns = new ExampleColumns(group, file.getFileMetaData().getCreatedBy(), format);
    }
    rowsInGroup--;
    Example row = columns.read();
    if (rowsInGroup == 0) {
      columns.requireEnd();
    }
    return row;
  }

  private void check() {
    if (rows != entry.rows()) {
      throw mismatch(rows + " rows", entry.rows() + " as the manifest says");
    }
    String found = hash.value();
    if (!found.equals(entry.contentHash())) {
      throw mismatch("content with hash " + found, entry.contentHash() + " as the manifest says");
    }
    if (!ids.equals(entry.ids())) {
      throw mismatch(ids.toString(), entry.ids() + " as the manifest says");
    }
  }

  private JobException mismatch(String found, String expected) {
    return JobException.data(
        "Cannot use shard "
            + path
            + ": found "
            + found
            + ", expected "
            + expected
            + ". Prepare the shards again.");
  }

  private JobException unreadable(Exception e) {
    close(file);
    file = null;
    return unreadable(path, e);
  }

  /** What is told about a file that cannot be read: what the storage failed with, or damage. */
  static JobException unreadable(Path path, Exception e) {
    return StorageFailure.explain("read shard " + path, e)
        .filter(failure -> failure.category() != FailureCategory.DATA)
        .orElseGet(() -> damaged(path, e));
  }

  private static JobException damaged(Path path, Exception e) {
    String found =
        e instanceof FileNotFoundException ? "no such file" : "damage (" + Reason.of(e) + ")";
    return JobException.data(
        "Cannot read shard "
            + path
            + ": found "
            + found
            + ", expected the Parquet file that the manifest lists. Prepare the shards again.",
        e);
  }

  private static void close(ParquetFileReader file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // What made reading fail is reported; that closing failed too adds nothing.
      return;
    }
  }

  /** The columns of one row group. */
  private static final class ExampleColumns {
    private final ColumnReader ids;
    private final ColumnReader labels;

    /** Of rows that have some; null for others. */
    private final ColumnReader weights;

    private final FeatureColumn features;
    private final RowFormat format;

    ExampleColumns(PageReadStore group, String createdBy, RowFormat format) throws IOException {
      MessageType schema = ShardSchema.of(format);
      ColumnReadStoreImpl store =
          new ColumnReadStoreImpl(group, new Ignored(schema), schema, createdBy);
      List<ColumnDescriptor> columns = schema.getColumns();
      ids = store.getColumnReader(columns.get(0));
      labels = store.getColumnReader(columns.get(1));
      weights = format.weighted() ? store.getColumnReader(columns.get(2)) : null;
      ColumnDescriptor column = columns.get(columns.size() - 1);
      features =
          new FeatureColumn(group.getPageReader(column), column, format, group.getRowCount());
      this.format = format;
    }

    Example read() throws IOException {
      long id = ids.getLong();
      ids.consume();
      int label = labels.getInteger();
      labels.consume();
      float weight = 1;
      if (weights != null) {
        weight = weights.getFloat();
        weights.consume();
      }
      byte[] coded = new byte[format.featureBytes()];
      features.read(coded);
      if (label < 0 || label >= format.classes()) {
        throw new IllegalStateException("label %d in the row with id %d".formatted(label, id));
      }
      if (!(weight > 0 && Float.isFinite(weight))) {
        throw new IllegalStateException("weight %s in the row with id %d".formatted(weight, id));
      }
      return new Example(id, label, weight, coded);
    }

    void requireEnd() {
      features.requireEnd();
    }
  }

  /** What Parquet asks for and does not use when columns are read one by one. */
  private static final class Ignored extends GroupConverter {
    private final GroupType type;

    Ignored(GroupType type) {
      this.type = type;
    }

    @Override
    public Converter getConverter(int field) {
      return type.getType(field).isPrimitive()
          ? new PrimitiveConverter() {}
          : new Ignored(type.getType(field).asGroupType());
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}

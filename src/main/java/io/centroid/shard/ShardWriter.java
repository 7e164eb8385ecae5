package io.centroid.shard;

import io.centroid.data.Split;
import io.centroid.publish.WrittenFile;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Writes one shard file. The rows go to a temporary file that {@link #commit} renames, so that
 * attempts of the same task do not disturb each other.
 */
public final class ShardWriter implements AutoCloseable {
  private static final long ROW_GROUP_BYTES = 64L << 20;

  private final FileSystem fileSystem;
  private final Path directory;
  private final String file;
  private final Split split;
  private final Path temporary;
  private final AccountedFile output;
  private final ParquetWriter<Example> writer;
  private final ContentHash hash = new ContentHash();
  private long rows;
  private boolean closed;

  /**
   * Opens a temporary file.
   *
   * @param directory the shard set's directory
   * @param file the shard's path below it
   * @param attempt a number no other attempt to write this shard has
   */
  public ShardWriter(
      Path directory, String file, Split split, long attempt, Configuration configuration)
      throws IOException {
    this.directory = directory;
    this.file = file;
    this.split = split;
    this.fileSystem = directory.getFileSystem(configuration);
    Path target = new Path(directory, file);
    this.temporary = new Path(target.getParent(), "." + target.getName() + ".attempt-" + attempt);
    this.output = new AccountedFile(fileSystem, temporary);
    this.writer =
        new Builder(output)
            .withConf(configuration)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withDictionaryEncoding(true)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  /** Adds a row. */
  public void write(Example example) throws IOException {
    writer.write(example);
    hash.add(example.id(), example.label(), example.features());
    rows++;
  }

  /** A shard that is written. */
  public record Written(ShardEntry entry, WrittenFile file) implements Serializable {}

  /**
   * Completes the file and gives it its name. When another attempt did so before, its file, which
   * has the same content, stays.
   */
  public Written commit() throws IOException {
    writer.close();
    closed = true;
    Path target = new Path(directory, file);
    if (fileSystem.exists(target) || !fileSystem.rename(temporary, target)) {
      if (!fileSystem.exists(target)) {
        throw new IOException("Cannot write shard " + target + ": found no way to rename to it.");
      }
      fileSystem.delete(temporary, false);
    }
    WrittenFile written = output.written(file);
    return new Written(new ShardEntry(file, split, rows, written.bytes(), hash.value()), written);
  }

  /** Removes the temporary file of an attempt that was not committed. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        writer.close();
      } finally {
        fileSystem.delete(temporary, false);
      }
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Example, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Example> getWriteSupport(Configuration configuration) {
      return new ExampleWriteSupport();
    }
  }

  /** Hands an example's values to Parquet. */
  private static final class ExampleWriteSupport extends WriteSupport<Example> {
    private RecordConsumer consumer;

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(ShardSchema.TYPE, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Example example) {
      consumer.startMessage();
      consumer.startField(ShardSchema.ID, 0);
      consumer.addLong(example.id());
      consumer.endField(ShardSchema.ID, 0);
      consumer.startField(ShardSchema.LABEL, 1);
      consumer.addInteger(example.label());
      consumer.endField(ShardSchema.LABEL, 1);
      consumer.startField(ShardSchema.FEATURES, 2);
      consumer.startGroup();
      consumer.startField(ShardSchema.LIST, 0);
      for (float feature : example.features()) {
        consumer.startGroup();
        consumer.startField(ShardSchema.ELEMENT, 0);
        consumer.addFloat(feature);
        consumer.endField(ShardSchema.ELEMENT, 0);
        consumer.endGroup();
      }
      consumer.endField(ShardSchema.LIST, 0);
      consumer.endGroup();
      consumer.endField(ShardSchema.FEATURES, 2);
      consumer.endMessage();
    }
  }
}

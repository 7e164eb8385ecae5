package io.centroid.shard;

import io.centroid.data.Cifar10;
import io.centroid.error.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/**
 * Reads the examples of one shard file and checks them against the manifest: whoever reads to the
 * end knows that every row is as it was written.
 */
final class ShardReader implements Iterator<Example>, AutoCloseable {
  private final Path path;
  private final ShardEntry entry;
  private final ContentHash hash = new ContentHash();
  private ParquetReader<Example> reader;
  private Example next;
  private long rows;

  /**
   * Opens a shard.
   *
   * @throws JobException with category DATA when it cannot be read
   */
  ShardReader(Path directory, ShardEntry entry, Configuration configuration) {
    this.path = new Path(directory, entry.file());
    this.entry = entry;
    try {
      reader =
          ParquetReader.builder(new ExampleReadSupport(), path).withConf(configuration).build();
      advance();
    } catch (IOException e) {
      throw unreadable(e);
    }
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
      if (reader != null) {
        reader.close();
        reader = null;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void advance() {
    try {
      next = reader.read();
    } catch (IOException | RuntimeException e) {
      // Parquet throws unchecked exceptions of many kinds at damaged pages.
      throw unreadable(e);
    }
    if (next == null) {
      close();
      check();
      return;
    }
    rows++;
    hash.add(next.id(), next.label(), next.features());
  }

  private void check() {
    if (rows != entry.rows()) {
      throw mismatch(rows + " rows", entry.rows() + " as the manifest says");
    }
    String found = hash.value();
    if (!found.equals(entry.contentHash())) {
      throw mismatch("content with hash " + found, entry.contentHash() + " as the manifest says");
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
    close(reader);
    reader = null;
    return unreadable(path, e);
  }

  /** What is told about a file that cannot be read. */
  static JobException unreadable(Path path, Exception e) {
    String found =
        e instanceof FileNotFoundException
            ? "no such file"
            : "damage (" + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")";
    return JobException.data(
        "Cannot read shard "
            + path
            + ": found "
            + found
            + ", expected the Parquet file that the manifest lists. Prepare the shards again.",
        e);
  }

  private static void close(ParquetReader<Example> reader) {
    try {
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      // What made reading fail is reported; that closing failed too adds nothing.
      return;
    }
  }

  /** Reads all columns straight into an {@link Example}. */
  private static final class ExampleReadSupport extends ReadSupport<Example> {
    @Override
    public ReadContext init(InitContext context) {
      context.getFileSchema().checkContains(ShardSchema.TYPE);
      return new ReadContext(ShardSchema.TYPE);
    }

    @Override
    public RecordMaterializer<Example> prepareForRead(
        Configuration configuration,
        Map<String, String> metadata,
        MessageType fileSchema,
        ReadContext context) {
      return new ExampleMaterializer();
    }
  }

  /** Collects the values of one row. */
  private static final class ExampleMaterializer extends RecordMaterializer<Example> {
    private long id;
    private int label;
    private float[] features;
    private int featureCount;

    private final GroupConverter root =
        new Group(
            () -> {
              features = new float[Cifar10.FEATURES];
              featureCount = 0;
            },
            new PrimitiveConverter() {
              @Override
              public void addLong(long value) {
                id = value;
              }
            },
            new PrimitiveConverter() {
              @Override
              public void addInt(int value) {
                label = value;
              }
            },
            new Group(() -> {}, new Group(() -> {}, new FeatureConverter())));

    @Override
    public Example getCurrentRecord() {
      if (featureCount != features.length || label < 0 || label >= Cifar10.CLASSES) {
        throw new IllegalStateException(
            "%d features and label %d in the row with id %d".formatted(featureCount, label, id));
      }
      return new Example(id, label, features);
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }

    private final class FeatureConverter extends PrimitiveConverter {
      @Override
      public void addFloat(float value) {
        if (featureCount < features.length) {
          features[featureCount] = value;
        }
        featureCount++;
      }
    }
  }

  /** A group of columns, told when a row or element starts. */
  private static final class Group extends GroupConverter {
    private final Runnable onStart;
    private final Converter[] fields;

    Group(Runnable onStart, Converter... fields) {
      this.onStart = onStart;
      this.fields = fields;
    }

    @Override
    public Converter getConverter(int field) {
      return fields[field];
    }

    @Override
    public void start() {
      onStart.run();
    }

    @Override
    public void end() {}
  }
}

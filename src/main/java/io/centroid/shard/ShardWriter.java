package io.centroid.shard;

import io.centroid.data.Split;
import io.centroid.publish.WrittenFile;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes one shard file. The rows go to a temporary file that {@link #commit} renames, so that
 * attempts of the same task do not disturb each other.
 */
public final class ShardWriter implements AutoCloseable {
  private final FileSystem fileSystem;
  private final Path directory;
  private final String file;
  private final Split split;
  private final Path temporary;
  private final AccountedFile output;
  private final ShardFile writer;
  private final ContentHash hash;
  private ShardIds ids = ShardIds.NONE;
  private long rows;
  private boolean closed;

  /**
   * Opens a temporary file.
   *
   * @param directory the shard set's directory
   * @param file the shard's path below it
   * @param format of the rows
   * @param attempt a number no other attempt to write this shard has
   */
  public ShardWriter(
      Path directory,
      String file,
      Split split,
      RowFormat format,
      long attempt,
      Configuration configuration)
      throws IOException {
    this.directory = directory;
    this.file = file;
    this.split = split;
    this.fileSystem = directory.getFileSystem(configuration);
    Path target = new Path(directory, file);
    this.temporary = new Path(target.getParent(), "." + target.getName() + ".attempt-" + attempt);
    this.output = new AccountedFile(fileSystem, temporary);
    this.writer = new ShardFile(output, format);
    this.hash = new ContentHash(format.weighted());
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException when ids do not ascend
   */
  public void write(Example example) throws IOException {
    ids = ids.plus(example.id());
    writer.write(example);
    hash.add(example);
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
    ShardEntry entry = new ShardEntry(file, split, rows, written.bytes(), ids, hash.value());
    return new Written(entry, written);
  }

  /** Removes the temporary file of an attempt that was not committed. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        output.abandon();
      } finally {
        fileSystem.delete(temporary, false);
      }
    }
  }
}

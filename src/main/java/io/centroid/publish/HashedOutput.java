package io.centroid.publish;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Writes a file and keeps account of it. What was written is on the storage's disks when the stream
 * is closed, where the file system can promise that.
 */
public final class HashedOutput extends FilterOutputStream {
  private final FSDataOutputStream file;
  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private long bytes;
  private boolean closed;

  /**
   * Accounts for a file from its start.
   *
   * @param file is closed with this stream
   */
  public HashedOutput(FSDataOutputStream file) {
    super(file);
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    out.write(value);
    digest.update((byte) value);
    bytes++;
  }

  @Override
  public void write(byte[] buffer, int from, int count) throws IOException {
    out.write(buffer, from, count);
    digest.update(buffer, from, count);
    bytes += count;
  }

  /** How many bytes were written so far. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (FSDataOutputStream closing = file) {
      if (closing.hasCapability(StreamCapabilities.HSYNC)) {
        closing.hsync();
      }
    }
  }

  /** Closes the file without making it appear, where the storage can do that. */
  void abort() throws IOException {
    closed = true;
    if (file.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
      file.abort();
    }
    file.close();
  }

  /**
   * What was written, once the stream is closed.
   *
   * @param name of the file, below the directory it belongs to
   */
  public WrittenFile written(String name) {
    if (!closed) {
      throw new IllegalStateException("Cannot account for " + name + ": it is still written.");
    }
    return new WrittenFile(name, bytes, HexFormat.of().formatHex(digest.digest()));
  }
}

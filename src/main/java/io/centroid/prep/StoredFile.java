package io.centroid.prep;

import io.centroid.data.SourceFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;

/** A file as it is stored, measured while it is read. */
final class StoredFile extends FilterInputStream {
  private final String name;
  private final MessageDigest sha256;
  private long position;
  private boolean ended;
  private IOException failure;

  private StoredFile(String name, InputStream in) {
    super(in);
    this.name = name;
    sha256 = DigestUtils.getSha256Digest();
  }

  static StoredFile open(SourceFiles storage, Path path) throws IOException {
    return new StoredFile(path.getName(), storage.open(path));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(buffer, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    if (count < 0) {
      ended = true;
    } else {
      sha256.update(buffer, offset, count);
      position += count;
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    // What is skipped counts and is hashed too.
    return readNBytes((int) Math.min(count, 1 << 16)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** How many bytes have been read. */
  long position() {
    return position;
  }

  /** Whether a read found the end. */
  boolean ended() {
    return ended;
  }

  /** Whether this is a failure of the storage, and not of decoding what came from it. */
  boolean causedBy(IOException e) {
    return e == failure;
  }

  /** Reads what is left and returns size and sum of it all. */
  SourceFile finish() throws IOException {
    transferTo(OutputStream.nullOutputStream());
    return new SourceFile(name, position, HexFormat.of().formatHex(sha256.digest()));
  }
}

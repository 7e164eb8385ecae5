package io.centroid.source;

import io.centroid.data.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.input.ProxyInputStream;
import org.apache.hadoop.fs.Path;

/** A file as it is stored, measured while it is read. */
final class StoredFile extends ProxyInputStream {
  private final String name;
  private final MessageDigest sha256;
  private long position;
  private boolean ended;
  private IOException failure;

  private StoredFile(String name, InputStream in, MessageDigest sha256) {
    super(new DigestInputStream(in, sha256));
    this.name = name;
    this.sha256 = sha256;
  }

  static StoredFile open(SourceFiles storage, Path path) throws IOException {
    return new StoredFile(path.getName(), storage.open(path), DigestUtils.getSha256Digest());
  }

  @Override
  protected void afterRead(int count) {
    ended |= count < 0;
    position += Math.max(0, count);
  }

  @Override
  protected void handleIOException(IOException e) throws IOException {
    failure = e;
    throw e;
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

package io.centroid.source;

import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.io.input.ProxyInputStream;
import org.apache.hadoop.fs.Path;

/**
 * What an archive unpacks to, bounded: a small file may be made to unpack to anything, and the
 * header of a member to fill the memory with its name.
 */
final class BoundedContent extends ProxyInputStream {
  /** CIFAR-10 and CIFAR-100 unpack to 185 MB; saved again with 8-byte numbers, to 1.5 GB. */
  private static final long BYTES_MAXIMUM = 2L << 30;

  /** Pictures do not compress well; those of one colour to a thousandth. */
  private static final long RATIO_MAXIMUM = 100;

  /** What any archive may unpack to, whatever the ratio: more than CIFAR-10. */
  private static final long BYTES_OF_ANY_RATIO = 256L << 20;

  /** A header of 512 bytes, with others before it for a long name or further attributes. */
  private static final long HEADER_BYTES_MAXIMUM = 64L << 10;

  private final Path path;
  private final StoredFile file;
  private long position;
  private long headerEnd = Long.MAX_VALUE;

  /**
   * Bounds the content of an archive.
   *
   * @param path as messages name it
   * @param file the archive as it is stored
   */
  BoundedContent(Path path, StoredFile file, InputStream content) {
    super(content);
    this.path = path;
    this.file = file;
  }

  /** From here on a header is read, which is short. */
  void expectHeader() {
    headerEnd = position + HEADER_BYTES_MAXIMUM;
  }

  /** From here on a member is read. */
  void expectMember() {
    headerEnd = Long.MAX_VALUE;
  }

  @Override
  protected void afterRead(int count) {
    advance(count);
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    advance(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void advance(long count) {
    position += Math.max(0, count);
    if (position > headerEnd) {
      throw refused("a member's header of more than %,d bytes".formatted(HEADER_BYTES_MAXIMUM));
    }
    if (position > BYTES_MAXIMUM) {
      throw refused("more than %,d bytes in it".formatted(BYTES_MAXIMUM));
    }
    if (position > BYTES_OF_ANY_RATIO && position / RATIO_MAXIMUM > file.position()) {
      throw refused("more than %,d bytes unpacked from %,d".formatted(position, file.position()));
    }
  }

  private JobException refused(String found) {
    return JobException.data(
        "Cannot read %s: found %s, expected the archive of CIFAR-10, which unpacks to 185 MB. Do not trust this archive."
            .formatted(path, found));
  }
}

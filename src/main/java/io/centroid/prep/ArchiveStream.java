package io.centroid.prep;

import io.centroid.data.SourceFile;
import io.centroid.error.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The files in a tar archive, gzip'd or not, read once from start to end. As a stream it is the
 * content of the current member.
 *
 * <p>Members with a place outside of the archive's folder, links and devices are refused: CIFAR-10
 * has none of them.
 */
final class ArchiveStream extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC_BYTES = 2;

  private final Path path;
  private final StoredFile file;
  private final InputStream content;
  private final TarArchiveInputStream tar;
  private TarArchiveEntry member;

  private ArchiveStream(Path path, StoredFile file, InputStream content) {
    this.path = path;
    this.file = file;
    this.content = content;
    tar = new TarArchiveInputStream(content);
  }

  /** Whether a file starts as a gzip'd file or a tar archive does. */
  static boolean isArchive(SourceFiles storage, Path path) throws IOException {
    try (InputStream in = storage.open(path)) {
      byte[] start = in.readNBytes(TarConstants.DEFAULT_RCDSIZE);
      return isGzip(start) || (start.length == TarConstants.DEFAULT_RCDSIZE && isTarHeader(start));
    }
  }

  private static boolean isTarHeader(byte[] block) {
    try {
      return TarUtils.verifyCheckSum(block);
    } catch (IllegalArgumentException noNumberWhereTheChecksumIs) {
      return false;
    }
  }

  private static boolean isGzip(byte[] start) {
    return GzipCompressorInputStream.matches(start, start.length);
  }

  /** Opens an archive for which {@link #isArchive} holds. */
  static ArchiveStream open(SourceFiles storage, Path path) throws IOException {
    StoredFile file = StoredFile.open(storage, path);
    try {
      BufferedInputStream buffered = new BufferedInputStream(file, BUFFER_BYTES);
      buffered.mark(BUFFER_BYTES);
      byte[] start = buffered.readNBytes(GZIP_MAGIC_BYTES);
      buffered.reset();
      // The files of gzip may follow one another; true asks for all of them.
      return new ArchiveStream(
          path, file, isGzip(start) ? new GzipCompressorInputStream(buffered, true) : buffered);
    } catch (IOException e) {
      file.close();
      throw damaged(path, file, e);
    }
  }

  /**
   * Moves to the next file, past directories.
   *
   * @return whether there is one
   * @throws JobException when the archive is damaged or has a member that is refused
   */
  boolean next() throws IOException {
    do {
      boolean isFirst = member == null;
      try {
        member = header();
      } catch (IOException e) {
        boolean isTar = !isFirst || file.ended() || file.causedBy(e);
        throw isTar ? damaged(path, file, e) : noTar(e);
      }
      if (member != null) {
        requireHarmless();
      }
    } while (member != null && member.isDirectory());
    return member != null;
  }

  private TarArchiveEntry header() throws IOException {
    try {
      TarArchiveEntry header = tar.getNextTarEntry();
      if (header != null && !header.isCheckSumOK()) {
        throw new IOException("the checksum of a tar header is wrong");
      }
      return header;
    } catch (IllegalArgumentException e) {
      throw new IOException("a tar header is malformed", e);
    }
  }

  /** The current member's path in the archive. */
  String member() {
    return member.getName();
  }

  /** The current member's size. */
  long memberBytes() {
    return member.getSize();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      return tar.read(buffer, offset, length);
    } catch (IOException e) {
      throw damaged(path, file, e);
    }
  }

  /** Reads the archive to its end, with the checksum that gzip keeps there. */
  SourceFile finish() throws IOException {
    try {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw damaged(path, file, e);
    }
    return file.finish();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private void requireHarmless() {
    String name = member.getName();
    boolean isAbsolute = name.matches("^([/\\\\]|[A-Za-z]:).*");
    if (isAbsolute || Arrays.asList(name.split("[/\\\\]")).contains("..")) {
      throw refused("a path that leads out of the archive");
    }
    if (member.isLink() || member.isSymbolicLink()) {
      throw refused("a link to " + member.getLinkName());
    }
    if (member.isCharacterDevice() || member.isBlockDevice() || member.isFIFO()) {
      throw refused("a device");
    }
    if (!tar.canReadEntryData(member) || member.isSparse()) {
      throw refused("a sparse file");
    }
  }

  private JobException refused(String found) {
    return JobException.data(
        "Cannot read %s: found %s (member %s), expected only files and directories. Do not trust this archive."
            .formatted(path, found, member.getName()));
  }

  private IOException noTar(IOException e) {
    throw JobException.data(
        "Cannot read %s: found gzip'd data that are no tar archive, expected an archive of CIFAR-10. Give the path of one."
            .formatted(path),
        e);
  }

  /** Fails with one line; returns what the storage itself failed with unchanged. */
  private static IOException damaged(Path path, StoredFile file, IOException e) {
    if (file.causedBy(e)) {
      return e;
    }
    String found =
        file.ended()
            ? "its end at byte offset %d in the middle of the data".formatted(file.position())
            : "damaged data near byte offset %d".formatted(file.position());
    throw JobException.data(
        "Cannot read %s: found %s (%s), expected a complete archive. Get a fresh copy of it."
            .formatted(path, found, e.getMessage()),
        e);
  }
}

package io.centroid.source;

import io.centroid.data.FileKind;
import io.centroid.data.SourceFile;
import io.centroid.error.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.io.input.ProxyInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The files in a tar archive, gzip'd or not, read once from start to end. As a stream it is the
 * content of the current member.
 *
 * <p>Members with a place outside of the archive's folder, links and devices are refused: CIFAR-10
 * has none of them.
 */
final class ArchiveStream extends ProxyInputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  /** CIFAR-10's archives have nine, one picture for each image makes 60,000. */
  private static final int MEMBERS_MAXIMUM = 100_000;

  /** One without members begins with zeros. */
  private static final Set<FileKind> TARS = EnumSet.of(FileKind.TAR, FileKind.ZEROS);

  private final Path path;
  private final StoredFile file;
  private final BoundedContent content;
  private final Optional<FileKind> kind;
  private final TarArchiveInputStream tar;
  private TarArchiveEntry member;
  private int members;

  /**
   * @param kind what the content is by its first bytes
   */
  private ArchiveStream(
      Path path,
      StoredFile file,
      BoundedContent content,
      Optional<FileKind> kind,
      TarArchiveInputStream tar) {
    super(tar);
    this.path = path;
    this.file = file;
    this.content = content;
    this.kind = kind;
    this.tar = tar;
  }

  /** Opens an archive: a file of which the kind {@link FileKind#isArchive}. */
  static ArchiveStream open(SourceFiles storage, Path path) throws IOException {
    StoredFile file = StoredFile.open(storage, path);
    try {
      BufferedInputStream stored = new BufferedInputStream(file, BUFFER_BYTES);
      // The files of gzip may follow one another; true asks for all of them.
      InputStream content =
          FileKind.of(FileKind.peek(stored)).equals(Optional.of(FileKind.GZIP))
              ? new BufferedInputStream(new GzipCompressorInputStream(stored, true), BUFFER_BYTES)
              : stored;
      Optional<FileKind> kind = FileKind.of(FileKind.peek(content));
      BoundedContent bounded = new BoundedContent(path, file, content);
      return new ArchiveStream(path, file, bounded, kind, new TarArchiveInputStream(bounded));
    } catch (IOException e) {
      file.close();
      throw damaged(path, file, e);
    } catch (RuntimeException e) {
      file.close();
      throw e;
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
      try {
        if (member == null) {
          requireTar();
        } else {
          tar.transferTo(OutputStream.nullOutputStream()); // what is left of it
        }
        content.expectHeader();
        member = header();
        content.expectMember();
      } catch (IOException e) {
        throw damaged(path, file, e);
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
  protected void handleIOException(IOException e) throws IOException {
    throw damaged(path, file, e);
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

  private void requireHarmless() {
    if (++members > MEMBERS_MAXIMUM) {
      throw JobException.data(
          "Cannot read %s: found more than %,d members, expected the nine of CIFAR-10. Give the path of its archive."
              .formatted(path, MEMBERS_MAXIMUM));
    }
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

  /** What is not gzip'd was found to be one before. */
  private void requireTar() {
    if (kind.isEmpty() || !TARS.contains(kind.get())) {
      throw OtherContent.refusal(
          path.toString(),
          kind.map(its -> its.found() + ", gzip'd").orElse("gzip'd data that are no tar archive"),
          kind.map(FileKind::advice).orElse("Give the path of one of them"));
    }
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

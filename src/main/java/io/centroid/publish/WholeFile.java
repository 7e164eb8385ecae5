package io.centroid.publish;

import io.centroid.error.JobException;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files that are replaced at once: whoever reads, and whenever the writer dies, there is the old
 * file or the whole new one.
 */
public final class WholeFile {
  /** The longest text that is read; histories of long trainings have a tenth of it. */
  private static final int MOST_BYTES = 200_000_000;

  private WholeFile() {}

  /** Asked for leave between writing a file aside and putting it in its place. */
  @FunctionalInterface
  public interface Leave {
    /** Whoever may replace the file any time. */
    Leave ALWAYS = () -> {};

    /** Throws whatever forbids it, such as a {@link Lock#check lock that is lost}. */
    void ask() throws IOException;
  }

  /** Puts a text in UTF-8 in a file, in the place of one that may be there. */
  public static void replace(Path path, String text, Configuration hadoop) throws IOException {
    replace(path, text, Leave.ALWAYS, hadoop);
  }

  /**
   * Puts a text in UTF-8 in a file, in the place of one that may be there.
   *
   * @param leave asked at the last moment
   */
  public static void replace(Path path, String text, Leave leave, Configuration hadoop)
      throws IOException {
    replace(path, out -> out.write(text.getBytes(StandardCharsets.UTF_8)), leave, hadoop);
  }

  /**
   * Writes a file, in the place of one that may be there.
   *
   * @param leave asked at the last moment
   */
  public static void replace(Path path, Content content, Leave leave, Configuration hadoop)
      throws IOException {
    FileSystem fileSystem = StorageKind.withoutChecksumFiles(path.getFileSystem(hadoop));
    Path file = fileSystem.makeQualified(path);
    if (StorageKind.of(fileSystem) == StorageKind.OBJECT_STORE) {
      leave.ask();
      write(fileSystem, file, content); // appears when it is closed
      return;
    }
    Path aside = HiddenName.beside(file, Abandoned.UNFINISHED + UUID.randomUUID());
    try {
      write(fileSystem, aside, content);
      leave.ask();
      Move.file(fileSystem, aside, file, hadoop);
    } catch (IOException | RuntimeException | Error e) {
      deleteQuietly(fileSystem, aside, e);
      throw e;
    }
  }

  /**
   * Makes sure that a file of the user's is not replaced by an output of another kind.
   *
   * @param what the output, as the user calls it: "metrics"
   * @param option the option that names it
   * @param isOurs whether a text is an output of this kind
   * @throws JobException with category SETTINGS when something else stands there
   */
  public static void requireReplaceable(
      Path path, String what, String option, Predicate<String> isOurs, Configuration hadoop)
      throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    String found;
    if (!fileSystem.exists(path)) {
      return;
    } else if (fileSystem.getFileStatus(path).isDirectory()) {
      found = "a directory";
    } else if (fileSystem.getFileStatus(path).getLen() == 0
        || read(path, hadoop).filter(isOurs).isPresent()) {
      return;
    } else {
      found = "a file that holds something else";
    }
    throw JobException.settings(
        "Cannot write %s to %s: found %s, expected no file, or one with %s to replace. Use another %s."
            .formatted(what, path, found, what, option));
  }

  /** The text of a file in UTF-8; nothing where there is no file. */
  public static Optional<String> read(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return Optional.of(text(in, file));
    } catch (FileNotFoundException e) {
      StorageFailure.requireMissing(e);
      return Optional.empty();
    }
  }

  /**
   * The text in UTF-8 of a record, from anybody.
   *
   * @throws JobException with category DATA when it is longer than any record of ours
   */
  static String text(InputStream in, Path file) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw JobException.data(
          "Cannot read %s: found more than %,d bytes, expected a record that this program wrote."
              .formatted(file, MOST_BYTES));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void write(FileSystem fileSystem, Path file, Content content) throws IOException {
    HashedOutput out = new HashedOutput(fileSystem.create(file, true));
    try {
      content.writeTo(out);
    } catch (IOException | RuntimeException | Error e) {
      try {
        out.abort();
      } catch (IOException | RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    out.close();
    if (StorageKind.of(fileSystem) == StorageKind.LOCAL) {
      Move.sync(Move.local(file));
    }
  }

  private static void deleteQuietly(FileSystem fileSystem, Path file, Throwable failure) {
    try {
      fileSystem.delete(file, false);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}

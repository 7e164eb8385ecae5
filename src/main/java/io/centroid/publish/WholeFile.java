package io.centroid.publish;

import io.centroid.storage.ObjectStores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;

/**
 * Small text files that are replaced at once: whoever reads, and whenever the writer dies, there is
 * the old file or the whole new one.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Puts a text in UTF-8 in a file, in the place of one that may be there. */
  public static void replace(Path path, String text, Configuration hadoop) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    Path file = fileSystem.makeQualified(path);
    if (ObjectStores.holds(fileSystem)) {
      write(fileSystem, file, text);
      return;
    }
    Path aside = aside(file);
    write(fileSystem, aside, text);
    if (fileSystem.getUri().getScheme().equals("file")) {
      // Hadoop renames a local file and then its checksum; in between they would not match. Without
      // checksums there is one rename, which the operating system does at once.
      fileSystem.delete(checksum(aside), false);
      fileSystem.delete(checksum(file), false);
      if (!fileSystem.rename(aside, file)) {
        throw new IOException("Cannot write " + file + ": found no way to rename " + aside);
      }
    } else {
      FileContext.getFileContext(file.toUri(), hadoop).rename(aside, file, Rename.OVERWRITE);
    }
  }

  /** Removes a file, and what a writer that died left of it; does nothing where there is none. */
  public static void delete(Path path, Configuration hadoop) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    Path file = fileSystem.makeQualified(path);
    fileSystem.delete(file, false);
    fileSystem.delete(aside(file), false);
  }

  /** The text of a file in UTF-8; nothing where there is no file. */
  public static Optional<String> read(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static void write(FileSystem fileSystem, Path file, String text) throws IOException {
    try (FSDataOutputStream out = fileSystem.create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Path aside(Path file) {
    return new Path(file.getParent(), "." + file.getName() + ".unfinished");
  }

  private static Path checksum(Path file) {
    return new Path(file.getParent(), "." + file.getName() + ".crc");
  }
}

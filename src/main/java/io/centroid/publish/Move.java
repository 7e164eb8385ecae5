package io.centroid.publish;

import io.centroid.storage.StorageKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Renaming, as each kind of storage does it at once. Hadoop's own {@code rename} moves a directory
 * into one that stands at its new name, and where the operating system refuses to rename it copies.
 */
final class Move {
  private static final Logger LOG = LogManager.getLogger();

  private Move() {}

  /**
   * Gives a directory another name, unless something stands there; an empty directory does not
   * count.
   *
   * @return false when something stands there, which is then as it was
   */
  static boolean directory(FileSystem fileSystem, Path from, Path to, Configuration hadoop)
      throws IOException {
    fileSystem.mkdirs(to.getParent());
    switch (StorageKind.of(fileSystem)) {
      case LOCAL -> {
        try {
          Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException e) {
          return false;
        } catch (FileSystemException e) {
          if (Files.exists(local(to))) {
            return false;
          }
          throw e;
        }
        syncDirectory(local(to).getParent());
        return true;
      }
      case DISTRIBUTED -> {
        removeEmpty(fileSystem, to);
        try {
          FileContext.getFileContext(to.toUri(), hadoop).rename(from, to, Rename.NONE);
          return true;
        } catch (FileAlreadyExistsException e) {
          return false;
        } catch (UnsupportedFileSystemException e) {
          return !fileSystem.exists(to) && fileSystem.rename(from, to);
        }
      }
      case OBJECT_STORE -> {
        removeEmpty(fileSystem, to);
        return !fileSystem.exists(to) && fileSystem.rename(from, to);
      }
    }
    throw new IllegalStateException("Every kind is dealt with");
  }

  private static void removeEmpty(FileSystem fileSystem, Path directory) throws IOException {
    if (fileSystem.exists(directory)
        && fileSystem.getFileStatus(directory).isDirectory()
        && fileSystem.listStatus(directory).length == 0) {
      fileSystem.delete(directory, false); // refused where something came into it
    }
  }

  /** Gives a file another name, in the place of one that may stand there. */
  static void file(FileSystem fileSystem, Path from, Path to, Configuration hadoop)
      throws IOException {
    switch (StorageKind.of(fileSystem)) {
      case LOCAL -> {
        // A checksum of Hadoop's would be that of what stood there.
        fileSystem.delete(HiddenName.beside(to, ".crc"), false);
        Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(local(to).getParent());
      }
      case DISTRIBUTED -> {
        try {
          FileContext.getFileContext(to.toUri(), hadoop).rename(from, to, Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) {
          overwrite(fileSystem, from, to);
        }
      }
      case OBJECT_STORE -> overwrite(fileSystem, from, to);
    }
  }

  private static void overwrite(FileSystem fileSystem, Path from, Path to) throws IOException {
    fileSystem.delete(to, false);
    if (!fileSystem.rename(from, to)) {
      throw new IOException("Cannot write " + to + ": found no way to rename " + from + " to it");
    }
  }

  /** Brings the names in a local directory to the disk, where its file system does that. */
  static void syncDirectory(java.nio.file.Path directory) {
    try {
      sync(directory);
    } catch (IOException e) {
      LOG.debug("Names in {} cannot be synced", directory, e);
    }
  }

  /** Brings what was written of a local file to the disk. */
  static void sync(java.nio.file.Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      file.force(true);
    }
  }

  static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}

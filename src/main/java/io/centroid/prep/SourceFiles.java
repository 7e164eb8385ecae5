package io.centroid.prep;

import io.centroid.data.FileKind;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The file system of a source of images; its everyday failures are one line with the path. */
final class SourceFiles {
  private final FileSystem fileSystem;

  private SourceFiles(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** The file system that a path belongs to. */
  static SourceFiles of(Path path, Configuration configuration) throws IOException {
    try {
      return new SourceFiles(path.getFileSystem(configuration));
    } catch (IOException e) {
      throw StorageFailure.explained(path, e);
    }
  }

  FileStatus status(Path path) throws IOException {
    return told(path, () -> fileSystem.getFileStatus(path));
  }

  /** The files and directories in a directory, by name. */
  List<FileStatus> list(Path directory) throws IOException {
    return told(
        directory,
        () ->
            Arrays.stream(fileSystem.listStatus(directory))
                .sorted(Comparator.comparing(status -> status.getPath().getName()))
                .toList());
  }

  InputStream open(Path file) throws IOException {
    return told(file, () -> fileSystem.open(file));
  }

  /** What {@link FileKind#of} looks at. */
  byte[] start(Path file) throws IOException {
    try (InputStream in = open(file)) {
      return in.readNBytes(FileKind.START_BYTES);
    }
  }

  /** Whether it is a file that has an end: to open a pipe is to wait for who writes into it. */
  boolean isRegular(FileStatus status) {
    return status.isFile()
        && (StorageKind.of(fileSystem) != StorageKind.LOCAL
            || Files.isRegularFile(java.nio.file.Path.of(status.getPath().toUri().getPath())));
  }

  /** Where a path leads to, by whatever links: the same for the same file or directory. */
  Path target(Path path) {
    try {
      return StorageKind.of(fileSystem) == StorageKind.LOCAL
          ? new Path(java.nio.file.Path.of(path.toUri().getPath()).toRealPath().toUri())
          : path;
    } catch (IOException e) {
      return path; // whoever opens it is told
    }
  }

  @FunctionalInterface
  private interface Access<T> {
    T attempt() throws IOException;
  }

  private <T> T told(Path path, Access<T> access) throws IOException {
    try {
      return access.attempt();
    } catch (IOException e) {
      throw StorageFailure.explained(fileSystem, path, e);
    }
  }
}

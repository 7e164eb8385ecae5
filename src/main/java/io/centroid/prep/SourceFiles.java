package io.centroid.prep;

import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.io.InputStream;
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
    return told(path, () -> new SourceFiles(path.getFileSystem(configuration)));
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

  @FunctionalInterface
  private interface Access<T> {
    T attempt() throws IOException;
  }

  private static <T> T told(Path path, Access<T> access) throws IOException {
    try {
      return access.attempt();
    } catch (IOException e) {
      throw StorageFailure.explained(path, e);
    }
  }
}

package io.centroid.source;

import io.centroid.data.FileKind;
import io.centroid.picture.ImageListing;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

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

  /** Some files in a directory and below, without hidden ones, as the storage lists them. */
  List<Path> first(Path directory, int count) throws IOException {
    return told(
        directory,
        () -> {
          List<Path> files = new ArrayList<>();
          if (StorageKind.of(fileSystem) == StorageKind.LOCAL) {
            java.nio.file.Path local = java.nio.file.Path.of(directory.toUri().getPath());
            try (Stream<java.nio.file.Path> walk =
                Files.walk(local, FileVisitOption.FOLLOW_LINKS)) {
              walk.filter(Files::isRegularFile)
                  .filter(file -> !ImageListing.isHidden(file.getFileName().toString()))
                  .limit(count)
                  .forEach(file -> files.add(new Path(file.toUri())));
            } catch (UncheckedIOException e) {
              throw e.getCause();
            }
            return files;
          }
          RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(directory, true);
          while (found.hasNext() && files.size() < count) {
            Path file = found.next().getPath();
            if (!ImageListing.isHidden(file.getName())) {
              files.add(file);
            }
          }
          return files;
        });
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

package io.centroid.source;

import io.centroid.data.FileKind;
import io.centroid.picture.ImageListing;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The file system of a source of images; its everyday failures are one line with the path. */
final class SourceFiles {
  private static final Logger LOG = LogManager.getLogger();

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

  /**
   * Some files in a directory and below, without hidden ones, as the storage lists them. What
   * cannot be listed below it is passed over, and so is a link to what it is in.
   */
  List<Path> first(Path directory, int count) throws IOException {
    List<Path> files = new ArrayList<>();
    return told(
        directory,
        () -> {
          switch (StorageKind.of(fileSystem)) {
            case LOCAL -> addFirstOfThisMachine(directory, count, files);
            case OBJECT_STORE -> addFirstObjects(directory, count, files);
            default -> addFirst(fileSystem.listStatus(directory), count, files);
          }
          return files;
        });
  }

  private static void addFirstOfThisMachine(Path directory, int count, List<Path> files)
      throws IOException {
    java.nio.file.Path start = java.nio.file.Path.of(directory.toUri().getPath());
    Files.walkFileTree(
        start,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(
              java.nio.file.Path entered, BasicFileAttributes attributes) {
            return entered.equals(start) || !isHidden(entered)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(
              java.nio.file.Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !isHidden(file)) {
              files.add(new Path(file.toUri()));
            }
            return files.size() < count ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(java.nio.file.Path file, IOException failure)
              throws IOException {
            if (file.equals(start)) {
              throw failure;
            }
            LOG.info("Not looked into: {}", file, failure);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isHidden(java.nio.file.Path file) {
    return ImageListing.isHidden(file.getFileName().toString());
  }

  private void addFirstObjects(Path directory, int count, List<Path> files) throws IOException {
    RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(directory, true);
    while (found.hasNext() && files.size() < count) {
      Path file = found.next().getPath();
      if (!ImageListing.isHidden(file.getName())) {
        files.add(file);
      }
    }
  }

  private void addFirst(FileStatus[] children, int count, List<Path> files) throws IOException {
    for (FileStatus child : children) {
      if (files.size() == count) {
        return;
      }
      if (ImageListing.isHidden(child.getPath().getName())) {
        continue;
      }
      if (child.isFile()) {
        files.add(child.getPath());
      } else {
        addFirst(childrenOrNone(child.getPath()), count, files);
      }
    }
  }

  private FileStatus[] childrenOrNone(Path directory) throws IOException {
    try {
      return fileSystem.listStatus(directory);
    } catch (AccessControlException | FileNotFoundException e) {
      LOG.info("Not looked into: {}", directory, e);
      return new FileStatus[0];
    }
  }

  /** Whether a directory can be looked into. */
  boolean isListable(Path directory) throws IOException {
    if (StorageKind.of(fileSystem) == StorageKind.LOCAL) {
      java.nio.file.Path local = java.nio.file.Path.of(directory.toUri().getPath());
      return Files.isReadable(local) && Files.isExecutable(local);
    }
    try {
      fileSystem.listStatusIterator(directory).hasNext();
      return true;
    } catch (AccessControlException | FileNotFoundException e) {
      return false;
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

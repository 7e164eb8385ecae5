package io.centroid.prep;

import io.centroid.error.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/** A Hadoop file system whose everyday failures are one clear line. */
final class Storage {
  private final FileSystem fileSystem;

  private Storage(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** The file system that a path belongs to. */
  static Storage of(Path path, Configuration configuration) throws IOException {
    try {
      return new Storage(path.getFileSystem(configuration));
    } catch (IOException e) {
      throw explained(path, e);
    }
  }

  FileStatus status(Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path);
    } catch (IOException e) {
      throw explained(path, e);
    }
  }

  /** The files and directories in a directory, by name. */
  List<FileStatus> list(Path directory) throws IOException {
    try {
      return Arrays.stream(fileSystem.listStatus(directory))
          .sorted(Comparator.comparing(status -> status.getPath().getName()))
          .toList();
    } catch (IOException e) {
      throw explained(directory, e);
    }
  }

  InputStream open(Path file) throws IOException {
    try {
      return fileSystem.open(file);
    } catch (IOException e) {
      throw explained(file, e);
    }
  }

  /** Throws what a user can act on as one line; returns any other failure unchanged. */
  static IOException explained(Path path, IOException failure) {
    if (isDenied(failure)) {
      throw failed(path, "no permission", "a readable path", "Grant it to this user", failure);
    }
    if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
      throw failed(path, "no such path", "a file or directory", "Check the spelling", failure);
    }
    if (failure instanceof UnsupportedFileSystemException) {
      throw failed(
          path,
          "a scheme that nothing serves",
          "file:, hdfs: or another installed one",
          "Add its file system to the class path",
          failure);
    }
    if (failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof SocketTimeoutException
        || failure instanceof UnknownHostException) {
      throw failed(
          path,
          "no connection to its storage (" + failure.getMessage() + ")",
          "one",
          "Check host, port and network",
          failure);
    }
    return failure;
  }

  private static boolean isDenied(IOException failure) {
    return failure instanceof AccessControlException
        || failure instanceof AccessDeniedException
        // What the JDK makes of EACCES when it opens a local file.
        || (failure instanceof FileNotFoundException
            && String.valueOf(failure.getMessage()).endsWith("(Permission denied)"));
  }

  private static JobException failed(
      Path path, String found, String expected, String advice, IOException cause) {
    return JobException.data(
        "Cannot read %s: found %s, expected %s. %s.".formatted(path, found, expected, advice),
        cause);
  }
}

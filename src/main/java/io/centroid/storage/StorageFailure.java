package io.centroid.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.hdfs.server.namenode.SafeModeException;
import org.apache.hadoop.security.AccessControlException;

/** What a file system that refuses or fails means for the user. */
public final class StorageFailure {
  /** How the JDK, Hadoop and the operating system say that a path is no place to write to. */
  private static final List<String> NO_PLACE =
      List.of(
          "Permission denied",
          "Not a directory",
          "not a directory",
          "Read-only file system",
          "Mkdirs failed to create",
          "Operation not permitted",
          "File name too long");

  private StorageFailure() {}

  /**
   * Explains a failure that a file system caused.
   *
   * @return category SETTINGS where the user may not do it, RESOURCES where the storage is full,
   *     away or takes no writes; nothing when no file system is to blame, or when it only misses a
   *     file, which those who know what the file is explain better
   */
  public static Optional<JobException> explain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException storage && !isOfContent(storage)) {
        return Optional.of(explained(storage));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether another place would do: the one that was named cannot be written by this user, or is
   * none. Otherwise the storage is full or away, and the place may be right.
   */
  public static boolean isOfThePlace(IOException failure) {
    String said = String.valueOf(failure.getMessage());
    return failure instanceof AccessControlException
        || failure instanceof AccessDeniedException
        || failure instanceof ParentNotDirectoryException
        || failure instanceof UnsupportedFileSystemException
        || failure instanceof FileAlreadyExistsException
        || NO_PLACE.stream().anyMatch(said::contains);
  }

  /** What a file system says of a failure, on one line: closing a file may hide it in another. */
  public static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException storage) {
        return firstLine(storage);
      }
    }
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static boolean isOfContent(IOException failure) {
    return failure instanceof FileNotFoundException
        || failure instanceof NoSuchFileException
        || failure instanceof EOFException
        || failure instanceof JsonProcessingException;
  }

  private static JobException explained(IOException failure) {
    String found = firstLine(failure);
    if (failure instanceof AccessControlException || failure instanceof AccessDeniedException) {
      return new JobException(
          FailureCategory.SETTINGS,
          "Cannot read or write files: found %s, expected the right to. Give it to the user of this process, or use another place."
              .formatted(found),
          failure);
    }
    if (failure instanceof QuotaExceededException || found.contains("No space left on device")) {
      return resources("room for the files. Make room and run again.", found, failure);
    }
    if (failure instanceof SafeModeException) {
      return resources(
          "a NameNode that takes writes. Wait until it leaves safe mode and run again.",
          found,
          failure);
    }
    return resources("a file system that answers. Run again when it does.", found, failure);
  }

  private static JobException resources(String expected, String found, IOException failure) {
    return new JobException(
        FailureCategory.RESOURCES,
        "Cannot read or write files: found %s, expected %s".formatted(found, expected),
        failure);
  }

  private static String firstLine(IOException failure) {
    String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    String name = failure.getClass().getSimpleName();
    return line.isEmpty()
        ? name
        : line.replaceAll("[.;]+$", "").replaceAll("^([a-z]+\\.)+[A-Z]\\w*Exception: ", "");
  }
}

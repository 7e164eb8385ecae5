package io.centroid.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import java.io.EOFException;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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

  /** What a failure means, in the order in which it is asked. */
  private enum Meaning {
    DENIED(
        FailureCategory.SETTINGS,
        "no permission",
        "the right to",
        "Give it to the user of this process, or use another place"),
    MISSING(FailureCategory.DATA, "no such path", "a file or directory", "Check the spelling"),
    NO_FILE_SYSTEM(
        FailureCategory.SETTINGS,
        "a scheme that nothing serves",
        "file:, hdfs: or another installed one",
        "Add its file system to the class path"),
    AWAY(
        FailureCategory.RESOURCES,
        "no connection to its storage",
        "a file system that answers",
        "Check host, port and network, or run again when it does"),
    FULL(FailureCategory.RESOURCES, "no room", "room for the files", "Make room and run again"),
    SAFE_MODE(
        FailureCategory.RESOURCES,
        "safe mode",
        "a NameNode that takes writes",
        "Wait until it leaves safe mode and run again"),
    /** Of what is in a file: those who know the file explain it better. */
    CONTENT(FailureCategory.DATA, "", "", ""),
    OTHER(
        FailureCategory.RESOURCES,
        "a failure",
        "a file system that answers",
        "Run again when it does");

    private final FailureCategory category;
    private final String found;
    private final String expected;
    private final String advice;

    Meaning(FailureCategory category, String found, String expected, String advice) {
      this.category = category;
      this.found = found;
      this.expected = expected;
      this.advice = advice;
    }

    static Meaning of(IOException failure) {
      if (isDenied(failure)) {
        return DENIED;
      }
      if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
        return MISSING;
      }
      if (failure instanceof UnsupportedFileSystemException) {
        return NO_FILE_SYSTEM;
      }
      if (failure instanceof ConnectException
          || failure instanceof NoRouteToHostException
          || failure instanceof SocketTimeoutException
          || failure instanceof UnknownHostException) {
        return AWAY;
      }
      if (failure instanceof QuotaExceededException
          || firstLine(failure).contains("No space left on device")) {
        return FULL;
      }
      if (failure instanceof SafeModeException) {
        return SAFE_MODE;
      }
      return failure instanceof EOFException || failure instanceof JsonProcessingException
          ? CONTENT
          : OTHER;
    }

    private static boolean isDenied(IOException failure) {
      return failure instanceof AccessControlException
          || failure instanceof AccessDeniedException
          // What the JDK makes of EACCES when it opens a local file.
          || (failure instanceof FileNotFoundException
              && String.valueOf(failure.getMessage()).endsWith("(Permission denied)"));
    }
  }

  /**
   * Explains a failure that a file system caused, whatever the path was.
   *
   * @return category SETTINGS where the user may not do it, RESOURCES where the storage is full,
   *     away or takes no writes; nothing when no file system is to blame, or when it only misses a
   *     file, which those who know what the file is explain better
   */
  public static Optional<JobException> explain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException storage) {
        Meaning meaning = Meaning.of(storage);
        if (meaning != Meaning.MISSING && meaning != Meaning.CONTENT) {
          return Optional.of(told("read or write files", meaning, firstLine(storage), "", storage));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Explains a failure to read a path that the user named, missing ones included.
   *
   * @return what says more where it is read: of the content, or unknown
   * @throws JobException what the user can act on as one line, with the category of {@link
   *     #explain}; DATA when there is no such path
   */
  public static IOException explained(Path path, IOException failure) {
    return explained(path, "", failure);
  }

  /**
   * Explains a failure to read a path that the user named, as {@link #explained(Path, IOException)}
   * does, with the whole address that was looked at.
   *
   * @param fileSystem where it was looked up
   */
  public static IOException explained(FileSystem fileSystem, Path path, IOException failure) {
    return explained(fileSystem.makeQualified(path), localHint(path, fileSystem), failure);
  }

  private static IOException explained(Path path, String hint, IOException failure) {
    Meaning meaning = Meaning.of(failure);
    if (meaning == Meaning.CONTENT || meaning == Meaning.OTHER) {
      return failure;
    }
    String found =
        meaning == Meaning.AWAY
            ? "%s (%s)".formatted(meaning.found, firstLine(failure))
            : meaning.found;
    throw told("read " + path, meaning, found, hint, failure);
  }

  /**
   * What to do about a path without a scheme that was looked up elsewhere and is a file or directory
   * of this machine: a sentence with a blank before it; empty where that is not so.
   *
   * @param path as the user named it
   * @param fileSystem where it was looked up
   */
  public static String localHint(Path path, FileSystem fileSystem) {
    boolean isElsewhere =
        path.toUri().getScheme() == null && StorageKind.of(fileSystem) != StorageKind.LOCAL;
    File local = new File(path.toUri().getPath());
    return isElsewhere && local.exists()
        ? " It is on this machine: give file:%s instead.".formatted(local.getAbsolutePath())
        : "";
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
    return Reason.of(failure);
  }

  private static JobException told(
      String action, Meaning meaning, String found, String hint, Exception cause) {
    return new JobException(
        meaning.category,
        "Cannot %s: found %s, expected %s.%s"
            .formatted(
                action,
                found,
                meaning.expected,
                hint.isEmpty() ? " " + meaning.advice + "." : hint),
        cause);
  }

  private static String firstLine(IOException failure) {
    return Reason.of(failure)
        .replaceAll("[.;]+$", "")
        .replaceAll("^([a-z]+\\.)+[A-Z]\\w*Exception: ", "");
  }
}

package io.centroid.storage;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import java.io.EOFException;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathNotFoundException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.hdfs.server.namenode.SafeModeException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;

/** What a file system that refuses or fails, and a host that does not answer, mean for the user. */
public final class StorageFailure {
  /** Exceptions whose classes are not on the class path, or have nothing else in common. */
  private static final Set<String> DENYING = Set.of("KerberosAuthException", "SaslException");

  private static final Set<String> MISSING_STORES = Set.of("UnknownStoreException");

  /** Whose failures are those of a file system's servers, or of the way to them. */
  private static final List<String> FILE_SYSTEMS =
      List.of(
          "org.apache.hadoop.ipc.",
          "org.apache.hadoop.net.",
          "org.apache.hadoop.hdfs.",
          "org.apache.hadoop.fs.s3a.",
          "org.apache.hadoop.fs.azurebfs.",
          "com.google.cloud.hadoop.",
          "com.amazonaws.",
          "software.amazon.awssdk.",
          "org.apache.http.");

  /** Whose failures are those of other hosts. */
  private static final List<String> HOSTS =
      List.of("org.apache.spark.network.", "jdk.internal.net.http.");

  /** What those explain better who know what the file is, or was to be. */
  private static final Set<Meaning> UNSAID = Set.of(Meaning.MISSING, Meaning.OTHER);

  private StorageFailure() {}

  /** What a failure means, in the order in which it is asked. */
  private enum Meaning {
    DENIED(
        FailureCategory.SETTINGS,
        "no permission",
        "the right to",
        "Give it to the user of this process, or use another place",
        "Permission denied",
        "Operation not permitted",
        "Read-only file system"),
    NO_PLACE(
        FailureCategory.SETTINGS,
        "",
        "a place that files can be written to",
        "Use another one",
        "Mkdirs failed to create",
        "File name too long"),
    FULL(
        FailureCategory.RESOURCES,
        "no room",
        "room for the files",
        "Make room and run again",
        "No space left on device",
        "Disk quota exceeded",
        "No space available in any of the local directories"),
    LIMIT(
        FailureCategory.RESOURCES,
        "",
        "a limit that suffices",
        "Raise the number of open files (ulimit -n) and run again",
        "Too many open files"),
    AWAY(
        FailureCategory.RESOURCES,
        "no connection",
        "a host that answers",
        "Check host, port and network, or run again when it does",
        "Connection refused",
        "Connection reset",
        "Connection timed out",
        "Broken pipe",
        "Host is down",
        "Network is unreachable",
        "No route to host",
        "Transport endpoint is not connected"),
    FAILING(
        FailureCategory.RESOURCES,
        "",
        "a file system that answers",
        "Run again when it does",
        "Input/output error",
        "Remote I/O error",
        "Stale file handle",
        "Device or resource busy",
        "Resource temporarily unavailable"),
    SAFE_MODE(
        FailureCategory.RESOURCES,
        "safe mode",
        "a NameNode that takes writes",
        "Wait until it leaves safe mode and run again"),
    DAMAGED(
        FailureCategory.DATA,
        "",
        "the bytes that were written",
        "Put back a copy of the file, or make it again"),
    MISSING(FailureCategory.DATA, "no such path", "a file or directory", "Check the spelling"),
    NO_FILE_SYSTEM(
        FailureCategory.SETTINGS,
        "a scheme that nothing serves",
        "file:, hdfs: or another installed one",
        "Add its file system to the class path"),
    /** Of what is in a file, or of the program: being an IOException says nothing. */
    OTHER(FailureCategory.INTERNAL, "", "", "");

    private final FailureCategory category;
    private final String found;
    private final String expected;
    private final String advice;

    /** How the operating system, and libraries that quote it, say it. */
    private final Pattern sayings;

    Meaning(
        FailureCategory category, String found, String expected, String advice, String... sayings) {
      this.category = category;
      this.found = found;
      this.expected = expected;
      this.advice = advice;
      this.sayings =
          Pattern.compile(
              sayings.length == 0
                  ? "(?!)"
                  : Arrays.stream(sayings).map(Pattern::quote).collect(Collectors.joining("|")));
    }

    static Meaning of(IOException failure) {
      return failure instanceof RemoteException remote
          ? of(remote, remote.unwrapRemoteException())
          : of(failure, failure);
    }

    /**
     * By its class, then by what the operating system said, then by whose it is.
     *
     * @param thrown where it comes from
     * @param failure what it is
     */
    private static Meaning of(IOException thrown, IOException failure) {
      String name = failure.getClass().getSimpleName();
      if (failure instanceof AccessControlException
          || failure instanceof AccessDeniedException
          || DENYING.contains(name)) {
        return DENIED;
      } else if (failure instanceof ParentNotDirectoryException
          || failure instanceof FileAlreadyExistsException) {
        return NO_PLACE;
      } else if (failure instanceof QuotaExceededException) {
        return FULL;
      } else if (failure instanceof SafeModeException) {
        return SAFE_MODE;
      } else if (failure instanceof ChecksumException) {
        return DAMAGED;
      } else if (failure instanceof UnsupportedFileSystemException) {
        return NO_FILE_SYSTEM;
      } else if (isOfTheNetwork(failure)) {
        return AWAY;
      }
      String said = firstLine(failure);
      for (Meaning meaning : values()) {
        if (meaning.sayings.matcher(said).find()) {
          return meaning;
        }
      }
      // The JDK opens no file without saying so by this class, whatever the reason.
      if (failure instanceof FileNotFoundException
          || failure instanceof NoSuchFileException
          || failure instanceof PathNotFoundException
          || MISSING_STORES.contains(name)) {
        return MISSING;
      }
      return ofThrower(thrown);
    }

    private static boolean isOfTheNetwork(IOException failure) {
      return (failure instanceof SocketException && !(failure instanceof BindException))
          || failure instanceof SocketTimeoutException
          || failure instanceof UnknownHostException
          || failure instanceof HttpTimeoutException
          || failure instanceof SSLException;
    }

    /** What says nothing by itself is what its thrower is there for. */
    private static Meaning ofThrower(IOException failure) {
      String thrower =
          Arrays.stream(failure.getStackTrace())
              .map(StackTraceElement::getClassName)
              .filter(
                  name ->
                      !name.matches(
                          "(java|sun|jdk\\.internal\\.reflect|org\\.apache\\.hadoop\\.util\\.dynamic)\\..*"))
              .findFirst()
              .orElse("");
      if (failure instanceof EOFException && thrower.endsWith("InputStream")) {
        return OTHER; // the end of a file, not of a conversation
      } else if (FILE_SYSTEMS.stream().anyMatch(thrower::startsWith)) {
        return FAILING;
      }
      return HOSTS.stream().anyMatch(thrower::startsWith) ? AWAY : OTHER;
    }
  }

  /**
   * Explains a failure that a file system or the network caused, whatever the path was.
   *
   * @return category SETTINGS where the user may not do it, RESOURCES where the storage is full,
   *     away or takes no writes, DATA where a checksum does not match; nothing when neither is to
   *     blame, or when a file system only misses a file, which those who know what the file is
   *     explain better
   */
  public static Optional<JobException> explain(Throwable failure) {
    return explain("go on", failure);
  }

  /**
   * The same, for whoever knows what could not be done.
   *
   * @param action in the form of a message: "read shard x"
   */
  public static Optional<JobException> explain(String action, Throwable failure) {
    return Reason.chain(failure)
        .filter(IOException.class::isInstance)
        .map(IOException.class::cast)
        .filter(cause -> !UNSAID.contains(Meaning.of(cause)))
        .findFirst()
        .map(cause -> told(action, Meaning.of(cause), "", cause));
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
    if (meaning == Meaning.OTHER) {
      return failure;
    }
    throw told("read " + path, meaning, hint, failure);
  }

  /**
   * What to do about a path without a scheme that was looked up elsewhere and is a file or
   * directory of this machine: a sentence with a blank before it; empty where that is not so.
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
   * Makes sure that a file that could not be opened is not there.
   *
   * @throws IOException when it may be, and could not be opened for another reason
   */
  public static void requireMissing(FileNotFoundException failure) throws IOException {
    if (Meaning.of(failure) != Meaning.MISSING) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  /**
   * Whether another place would do: the one that was named cannot be written by this user, or is
   * none. Otherwise the storage is full or away, and the place may be right.
   */
  public static boolean isOfThePlace(IOException failure) {
    return switch (Meaning.of(failure)) {
      case DENIED, NO_PLACE, NO_FILE_SYSTEM -> true;
      // Of a path to read this says that there is none.
      default -> firstLine(failure).contains("ot a directory");
    };
  }

  /** What a file system says of a failure, on one line: closing a file may hide it in another. */
  public static String reason(Throwable failure) {
    return Reason.cause(failure, IOException.class)
        .map(StorageFailure::firstLine)
        .orElseGet(() -> Reason.of(failure));
  }

  private static JobException told(String action, Meaning meaning, String hint, IOException cause) {
    String said = firstLine(cause);
    String found =
        meaning.found.isEmpty()
            ? said
            : meaning == Meaning.MISSING ? meaning.found : "%s (%s)".formatted(meaning.found, said);
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

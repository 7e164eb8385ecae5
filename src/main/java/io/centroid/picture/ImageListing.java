package io.centroid.picture;

import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * What is at a place where images are to be: each file once, or the reason why it is not read. Both
 * are called by their path from the place, with slashes.
 */
public final class ImageListing {
  private static final String HIDDEN = "found a hidden name, expected one that begins with no dot";

  private final SortedMap<String, String> files = new TreeMap<>();
  private final SortedMap<String, String> problems = new TreeMap<>();

  /**
   * Lists one place, or several, where each name begins with the path that was given.
   *
   * @throws IOException when the storage fails
   * @throws JobException when two have the same name
   */
  public static ImageListing of(List<Path> paths, Configuration configuration) throws IOException {
    if (paths.size() == 1) {
      return of(paths.get(0), paths.get(0).getFileSystem(configuration));
    }
    ImageListing all = new ImageListing();
    for (Path path : paths) {
      FileSystem fileSystem = path.getFileSystem(configuration);
      ImageListing one = of(path, fileSystem);
      boolean isDirectory = fileSystem.getFileStatus(path).isDirectory();
      UnaryOperator<String> name = id -> isDirectory ? path + Path.SEPARATOR + id : path.toString();
      one.files.forEach((id, file) -> all.file(name.apply(id), file));
      one.problems.forEach((id, problem) -> all.problem(name.apply(id), problem));
    }
    return all;
  }

  /**
   * Lists a file, or all in a directory and below.
   *
   * @throws IOException when the storage fails
   * @throws JobException when two have the same name
   */
  public static ImageListing of(Path path, FileSystem fileSystem) throws IOException {
    Path qualified = fileSystem.makeQualified(path);
    try {
      return StorageKind.of(fileSystem) == StorageKind.LOCAL
          ? LocalImages.list(java.nio.file.Path.of(qualified.toUri().getPath()))
          : RemoteImages.list(fileSystem, qualified);
    } catch (IOException e) {
      throw StorageFailure.explained(fileSystem, path, e);
    }
  }

  /** Hidden as everywhere on Unix. */
  public static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  /**
   * Adds a file.
   *
   * @param location where the source that lists it finds it again
   */
  void file(String id, String location) {
    requireNew(id);
    files.put(id, location);
  }

  /** Adds what is not read. */
  void problem(String id, String problem) {
    requireNew(id);
    problems.put(id, problem);
  }

  /** Adds what cannot be listed. */
  void failed(String id, IOException failure) {
    problem(id, "found %s, expected a file or directory".formatted(reason(failure)));
  }

  /** Adds what is not read since its name, or that of its directory, is hidden. */
  void hidden(String id) {
    problems.put(id, HIDDEN);
  }

  /** Whether a problem is no more than a hidden name. */
  public static boolean isHidden(Map.Entry<String, String> problem) {
    return problem.getValue().equals(HIDDEN);
  }

  /** Why one file or directory cannot be opened. */
  static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      return "nothing there";
    }
    if (failure instanceof AccessDeniedException || failure instanceof AccessControlException) {
      return "no permission to read it";
    }
    String said = failure instanceof FileSystemException e ? e.getReason() : null;
    return said == null ? Reason.of(failure) : said;
  }

  /** Two names may differ only in what no text can hold. */
  private void requireNew(String id) {
    if (files.containsKey(id) || problems.containsKey(id)) {
      throw JobException.data(
          "Cannot tell images apart: found two that are called %s, expected one. Rename one of them."
              .formatted(id));
    }
  }

  /** Locations of files by their ids, in ascending order. */
  public SortedMap<String, String> files() {
    return files;
  }

  /** Reasons by ids, in ascending order. */
  public SortedMap<String, String> problems() {
    return problems;
  }
}

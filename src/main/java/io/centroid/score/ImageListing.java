package io.centroid.score;

import io.centroid.error.JobException;
import io.centroid.error.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.security.AccessControlException;

/**
 * What is at a place where images are to be: each file once, or the reason why it is not read. Both
 * are called by their path from the place, with slashes.
 */
final class ImageListing {
  private final SortedMap<String, String> files = new TreeMap<>();
  private final SortedMap<String, String> problems = new TreeMap<>();

  /** Hidden as everywhere on Unix. */
  static boolean isHidden(String name) {
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
    problems.put(id, "found a hidden name, expected one that begins with no dot");
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
  SortedMap<String, String> files() {
    return files;
  }

  /** Reasons by ids, in ascending order. */
  SortedMap<String, String> problems() {
    return problems;
  }
}

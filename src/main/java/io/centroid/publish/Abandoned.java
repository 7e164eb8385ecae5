package io.centroid.publish;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What publishers left that ended before they were done: staging directories and unfinished files.
 * Only whoever has the lock of what they belong to may remove them; nobody can be writing them
 * then.
 */
public final class Abandoned {
  /** Part of the name of a directory that was to be published. */
  static final String STAGING = ".staging-";

  /** Part of the name of a file that was to be put in its place. */
  static final String UNFINISHED = ".unfinished-";

  private Abandoned() {}

  /** Removes what is abandoned in a directory, which need not exist. */
  public static void removeIn(Path directory, Configuration hadoop) throws IOException {
    remove(directory, ".", hadoop);
  }

  /** Removes what is abandoned beside a target, and named after it. */
  static void removeBeside(Path target, Configuration hadoop) throws IOException {
    remove(target.getParent(), "." + target.getName() + ".", hadoop);
  }

  private static void remove(Path directory, String prefix, Configuration hadoop)
      throws IOException {
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    try {
      for (FileStatus file : fileSystem.listStatus(directory)) {
        String name = file.getPath().getName();
        if (name.startsWith(prefix) && (name.contains(STAGING) || name.contains(UNFINISHED))) {
          fileSystem.delete(file.getPath(), true);
        }
      }
    } catch (FileNotFoundException e) {
      // nobody wrote there yet
    }
  }
}

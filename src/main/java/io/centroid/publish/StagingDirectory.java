package io.centroid.publish;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.storage.ObjectStores;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.hdfs.server.namenode.SafeModeException;

/**
 * A directory beside the target that becomes the target at once, or is removed: whatever stood at
 * the target before is there until what is staged is complete.
 */
public final class StagingDirectory implements AutoCloseable {
  private final FileSystem fileSystem;
  private final Path target;
  private final Path staging;

  private StagingDirectory(FileSystem fileSystem, Path target, Path staging) {
    this.fileSystem = fileSystem;
    this.target = target;
    this.staging = staging;
  }

  /**
   * Makes an empty directory beside another.
   *
   * @param directory the target
   * @param what what the user calls the content, for messages: "shards"
   * @param option the option that names the target, for messages: "--shards"
   * @throws JobException with category SETTINGS when the place cannot be written
   */
  public static StagingDirectory beside(
      Path directory, String what, String option, Configuration configuration) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(configuration);
    // By way of its text, which loses the trailing slash that a URI may have.
    Path target = new Path(fileSystem.makeQualified(directory).toString());
    Path staging = sibling(target, "staging");
    try {
      fileSystem.mkdirs(staging);
    } catch (SafeModeException | QuotaExceededException e) {
      throw e; // nothing is wrong with the place
    } catch (IOException e) {
      throw new JobException(
          FailureCategory.SETTINGS,
          "Cannot write "
              + what
              + " to "
              + target
              + ": found "
              + StorageFailure.reason(e)
              + ", expected a directory that can be written. Use another "
              + option
              + ".",
          e);
    }
    fileSystem.deleteOnExit(staging);
    return new StagingDirectory(fileSystem, target, staging);
  }

  /** Where to write. */
  public Path path() {
    return staging;
  }

  /** Whether the target holds nothing. */
  public boolean targetIsEmpty() throws IOException {
    return !fileSystem.exists(target) || fileSystem.listStatus(target).length == 0;
  }

  /**
   * Puts the staging directory in the target's place. In an object store that is not done at once:
   * readers wait for the file that comes last.
   *
   * @param last name of the file that says that everything else is there
   */
  public void publish(String last) throws IOException {
    Path replaced = null;
    if (fileSystem.exists(target)) {
      replaced = sibling(target, "replaced");
      rename(target, replaced);
    }
    try {
      if (ObjectStores.holds(fileSystem)) {
        moveOneByOne(last);
      } else {
        rename(staging, target);
      }
    } catch (IOException e) {
      if (replaced != null) {
        fileSystem.delete(target, true); // what an object store may have of the new one
        rename(replaced, target);
      }
      throw e;
    }
    if (replaced != null) {
      fileSystem.delete(replaced, true);
    }
  }

  private void moveOneByOne(String last) throws IOException {
    fileSystem.mkdirs(target);
    for (FileStatus child : fileSystem.listStatus(staging)) {
      String name = child.getPath().getName();
      if (!name.equals(last)) {
        rename(child.getPath(), new Path(target, name));
      }
    }
    rename(new Path(staging, last), new Path(target, last));
  }

  @Override
  public void close() throws IOException {
    fileSystem.delete(staging, true);
    fileSystem.cancelDeleteOnExit(staging);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException("Cannot publish " + to + ": found no way to rename " + from + " to it");
    }
  }

  private static Path sibling(Path target, String purpose) {
    return new Path(
        target.getParent(), "." + target.getName() + "." + purpose + "-" + UUID.randomUUID());
  }
}

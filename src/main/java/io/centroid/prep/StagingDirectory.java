package io.centroid.prep;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.shard.Manifest;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory beside the target that becomes the target at once, or is removed: whatever stood at
 * the target before is there until the new shard set is complete.
 */
final class StagingDirectory implements AutoCloseable {
  private final FileSystem fileSystem;
  private final Path target;
  private final Path staging;

  private StagingDirectory(FileSystem fileSystem, Path target, Path staging) {
    this.fileSystem = fileSystem;
    this.target = target;
    this.staging = staging;
  }

  static StagingDirectory beside(Path directory, Configuration configuration) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(configuration);
    // By way of its text, which loses the trailing slash that a URI may have.
    Path target = new Path(fileSystem.makeQualified(directory).toString());
    Path staging = sibling(target, "staging");
    try {
      fileSystem.mkdirs(staging);
    } catch (IOException e) {
      throw new JobException(
          FailureCategory.SETTINGS,
          "Cannot write shards to "
              + target
              + ": found "
              + e.getMessage()
              + ", expected a directory that can be written. Use another --shards.",
          e);
    }
    fileSystem.deleteOnExit(staging);
    return new StagingDirectory(fileSystem, target, staging);
  }

  /** Where to write. */
  Path path() {
    return staging;
  }

  /** Whether the target holds nothing. */
  boolean targetIsEmpty() throws IOException {
    return !fileSystem.exists(target) || fileSystem.listStatus(target).length == 0;
  }

  /** Whether the target holds a shard set, whole or not, and nothing else. */
  boolean targetIsShardSet() throws IOException {
    for (FileStatus child : fileSystem.listStatus(target)) {
      String name = child.getPath().getName();
      if (!name.equals(Manifest.FILE)
          && !name.equals("." + Manifest.FILE + ".crc")
          && !(child.isDirectory() && name.startsWith("split="))) {
        return false;
      }
    }
    return true;
  }

  /** Puts the staging directory in the target's place. */
  void publish() throws IOException {
    Path replaced = null;
    if (fileSystem.exists(target)) {
      replaced = sibling(target, "replaced");
      rename(target, replaced);
    }
    try {
      rename(staging, target);
    } catch (IOException e) {
      if (replaced != null) {
        rename(replaced, target);
      }
      throw e;
    }
    if (replaced != null) {
      fileSystem.delete(replaced, true);
    }
  }

  @Override
  public void close() throws IOException {
    fileSystem.delete(staging, true);
    fileSystem.cancelDeleteOnExit(staging);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException("Cannot publish shards: found no way to rename " + from + " to " + to);
    }
  }

  private static Path sibling(Path target, String purpose) {
    return new Path(
        target.getParent(), "." + target.getName() + "." + purpose + "-" + UUID.randomUUID());
  }
}

package io.centroid.run;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.publish.RunLock;
import io.centroid.storage.ObjectStores;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.hdfs.server.namenode.SafeModeException;

/**
 * The results of one run, published at once or not at all: files are written to a staging directory
 * beside the final one, then {@code _SUCCESS} is added and the directory renamed. In an object
 * store, which cannot rename at once, they are written in place, and {@code _SUCCESS} last.
 */
public final class RunDirectory implements AutoCloseable {
  /** The file whose presence says that everything else is there. */
  public static final String SUCCESS = "_SUCCESS";

  private final FileSystem fileSystem;
  private final Path target;
  private final Path staging;
  private boolean published;

  private RunDirectory(FileSystem fileSystem, Path target, Path staging) {
    this.fileSystem = fileSystem;
    this.target = target;
    this.staging = staging;
  }

  /** Writes one file. */
  @FunctionalInterface
  public interface Content {
    /** Writes the file's bytes; the stream is closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Whether {@code target} is a published run. */
  public static boolean isPublished(Path target, Configuration configuration) throws IOException {
    return target.getFileSystem(configuration).exists(new Path(target, SUCCESS));
  }

  /**
   * Opens a staging directory for a run, whose {@link RunLock} the caller has.
   *
   * @param target where the run is to be published
   * @throws JobException when something else stands there, or the place cannot be written
   */
  public static RunDirectory stage(Path target, Configuration configuration) throws IOException {
    FileSystem fileSystem = target.getFileSystem(configuration);
    // In an object store that may be what a process that was killed had published in part.
    if (!ObjectStores.holds(fileSystem) && fileSystem.exists(target)) {
      throw JobException.settings(
          "Cannot write run to "
              + target
              + ": found something that is not a finished run, expected an empty place. Move it"
              + " away, or use another --runs.");
    }
    Path staging = new Path(target.getParent(), "." + target.getName() + ".staging");
    try {
      fileSystem.delete(staging, true); // what a process that was killed left behind
      fileSystem.mkdirs(staging);
    } catch (SafeModeException | QuotaExceededException e) {
      throw e; // nothing is wrong with the place
    } catch (IOException e) {
      throw new JobException(
          FailureCategory.SETTINGS,
          "Cannot write run to "
              + target.getParent()
              + ": found "
              + StorageFailure.reason(e)
              + ", expected a directory that can be written. Use another --runs.",
          e);
    }
    fileSystem.deleteOnExit(staging);
    return new RunDirectory(fileSystem, target, staging);
  }

  /** Reads a text file of a published run. */
  public static String read(Path run, String name, Configuration configuration) throws IOException {
    Path file = new Path(run, name);
    try (InputStream in = file.getFileSystem(configuration).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Adds a file. */
  public void write(String name, Content content) throws IOException {
    try (OutputStream out = fileSystem.create(new Path(staging, name), false)) {
      content.writeTo(out);
    }
  }

  /** Adds a text file in UTF-8. */
  public void write(String name, String text) throws IOException {
    write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Makes everything written visible at once.
   *
   * @return where it is
   */
  public Path publish() throws IOException {
    if (ObjectStores.holds(fileSystem)) {
      moveOneByOne();
    } else {
      write(SUCCESS, "");
      rename(staging, target);
    }
    fileSystem.cancelDeleteOnExit(staging);
    published = true;
    return target;
  }

  private void moveOneByOne() throws IOException {
    Path success = new Path(target, SUCCESS);
    if (fileSystem.exists(success)) { // a lock is not certain there; both have the same model
      fileSystem.delete(staging, true);
      return;
    }
    fileSystem.delete(target, true);
    fileSystem.mkdirs(target);
    for (FileStatus file : fileSystem.listStatus(staging)) {
      rename(file.getPath(), new Path(target, file.getPath().getName()));
    }
    fileSystem.create(success, true).close();
    fileSystem.delete(staging, true);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException(
          "Cannot publish run: found no way to rename " + from + " to " + to + ".");
    }
  }

  /** Removes the staging directory of a run that was not published. */
  @Override
  public void close() throws IOException {
    if (!published) {
      fileSystem.delete(staging, true);
      fileSystem.cancelDeleteOnExit(staging);
    }
  }
}

package io.centroid.promote;

import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.publish.RunLock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;

/**
 * A change to a {@link ModelStore}, of which there is one at a time. It begins with what a process
 * that died left to be done.
 *
 * <p>A version is copied to a hidden directory and renamed, then {@code current.json} names it,
 * then the history gets its entry. Only the second of these changes which model serves, and it
 * happens at once.
 */
final class ModelUpdate implements AutoCloseable {
  private final ModelStore store;
  private final FileSystem fileSystem;
  private final RunLock lock;
  private List<Promotion> history;

  private ModelUpdate(ModelStore store, FileSystem fileSystem, RunLock lock) throws IOException {
    this.store = store;
    this.fileSystem = fileSystem;
    this.lock = lock;
    this.history = store.history();
  }

  /**
   * Begins a change.
   *
   * @param phases told when a lock is taken over
   * @throws io.centroid.error.JobException with category ALREADY_RUNNING when there is another
   */
  static ModelUpdate begin(ModelStore store, Phases phases) throws IOException {
    FileSystem fileSystem = store.directory().getFileSystem(store.hadoop());
    Path file = new Path(store.directory().getParent(), "." + store.name() + ".lock");
    RunLock lock = RunLock.take(file, work(store), store.hadoop(), phases);
    try {
      ModelUpdate update = new ModelUpdate(store, fileSystem, lock);
      update.mend();
      return update;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Every promotion and rollback, oldest first. */
  List<Promotion> history() {
    return history;
  }

  /** What is current. */
  Optional<Promotion> current() {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.get(history.size() - 1));
  }

  /**
   * Copies a run; the copy is a version once {@link #point} names it.
   *
   * @return its number, one more than the largest so far
   */
  int add(Path run) throws IOException {
    if (history.isEmpty() && fileSystem.exists(store.version(2))) {
      throw JobException.data(
          "Cannot promote to model %s: found versions in %s, but neither history.json nor current.json, expected both. Put them back."
              .formatted(store.name(), store.directory()));
    }
    int number = 1 + history.stream().mapToInt(Promotion::version).max().orElse(0);
    Path version = store.version(number);
    Path staging = new Path(store.versions(), "." + number + ".staging");
    fileSystem.delete(staging, true);
    fileSystem.mkdirs(staging);
    FileSystem source = run.getFileSystem(store.hadoop());
    for (FileStatus file : source.listStatus(run)) {
      String name = file.getPath().getName();
      if (file.isFile() && !name.startsWith(".")) {
        copy(source, file, new Path(staging, name));
      }
    }
    // What a process left that died before it was named: no entry of the history has this number.
    fileSystem.delete(version, true);
    if (!fileSystem.rename(staging, version)) {
      throw new IOException(
          "Cannot add version " + version + ": found no way to rename " + staging + " to it");
    }
    return number;
  }

  /** Makes a version the current one. */
  void point(Promotion entry) throws IOException {
    lock.check(work(store));
    store.writeCurrent(entry);
    List<Promotion> longer = new ArrayList<>(history);
    longer.add(entry);
    history = List.copyOf(longer);
    store.writeHistory(history);
  }

  @Override
  public void close() {
    lock.close();
  }

  /** Finishes what was begun: an entry that is current and not in the history. */
  private void mend() throws IOException {
    if (!store.recorded().equals(history)) {
      store.writeHistory(history);
    }
  }

  private void copy(FileSystem source, FileStatus file, Path target) throws IOException {
    boolean copied =
        FileUtil.copy(source, file.getPath(), fileSystem, target, false, store.hadoop());
    long length = copied ? fileSystem.getFileStatus(target).getLen() : -1;
    if (length != file.getLen()) {
      throw new IOException(
          "Cannot copy %s to %s: found %d bytes there, expected %d"
              .formatted(file.getPath(), target, length, file.getLen()));
    }
  }

  private static String work(ModelStore store) {
    return "a change of model " + store.name();
  }
}

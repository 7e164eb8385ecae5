package io.centroid.promote;

import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.publish.Abandoned;
import io.centroid.publish.Lock;
import io.centroid.publish.StagedDirectory;
import io.centroid.publish.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A change to a {@link ModelStore}, of which there is one at a time. It begins with what a process
 * that died left to be done.
 *
 * <p>A copy of a run is published as a version, then {@code current.json} names it, then the
 * history gets its entry. Only the second of these changes which model serves, and it happens at
 * once. No version is ever removed here.
 */
final class ModelUpdate implements AutoCloseable {
  private final ModelStore store;
  private final Lock lock;
  private List<Promotion> history;

  private ModelUpdate(ModelStore store, Lock lock) throws IOException {
    this.store = store;
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
    Lock lock =
        Lock.take(
            Lock.beside(store.directory()),
            "a change of model " + store.name(),
            store.hadoop(),
            phases);
    try {
      Abandoned.removeIn(store.directory(), store.hadoop());
      Abandoned.removeIn(store.versions(), store.hadoop());
      ModelUpdate update = new ModelUpdate(store, lock);
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
   * Publishes a copy of a run; it is a version once {@link #point} names it.
   *
   * @return its number: larger than those of the history, and not that of a directory that is there
   *     already, unless a process that died before it named it had copied the same run
   */
  int add(Path run) throws IOException {
    if (history.isEmpty()
        && store.directory().getFileSystem(store.hadoop()).exists(store.version(2))) {
      throw JobException.data(
          "Cannot promote to model %s: found versions in %s, but neither history.json nor current.json, expected both. Put them back."
              .formatted(store.name(), store.directory()));
    }
    int number = 1 + history.stream().mapToInt(Promotion::version).max().orElse(0);
    while (true) {
      Target version =
          Target.of(store.version(number), "version", "--models", Target.SUCCESS, store.hadoop());
      try (StagedDirectory copy = version.stage(lock)) {
        copy(run, copy);
        if (copy.isPublishedAlready()) {
          return number;
        }
        if (version.isEmpty()) {
          copy.publish("");
          return number;
        }
      }
      number++;
    }
  }

  /** Makes a version the current one. */
  void point(Promotion entry) throws IOException {
    store.writeCurrent(entry, lock);
    List<Promotion> longer = new ArrayList<>(history);
    longer.add(entry);
    history = List.copyOf(longer);
    store.writeHistory(history, lock);
  }

  @Override
  public void close() {
    lock.close();
  }

  /** Finishes what was begun: an entry that is current and not in the history. */
  private void mend() throws IOException {
    if (!store.recorded().equals(history)) {
      store.writeHistory(history, lock);
    }
  }

  private void copy(Path run, StagedDirectory target) throws IOException {
    FileSystem source = run.getFileSystem(store.hadoop());
    for (FileStatus file : source.listStatus(run)) {
      String name = file.getPath().getName();
      if (file.isFile() && !name.startsWith(".") && !name.startsWith("_")) {
        try (InputStream in = source.open(file.getPath())) {
          target.write(name, in::transferTo);
        }
      }
    }
  }
}

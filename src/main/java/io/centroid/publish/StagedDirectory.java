package io.centroid.publish;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.publish.Inventory.State;
import io.centroid.storage.StorageKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory beside a {@link Target} that becomes the target at once, or is removed. Nobody else
 * knows its name, which has a random part.
 *
 * <p>Whoever writes a file here accounts for it: {@link #write} does, files that executors wrote
 * are {@link #add added}, or all that another program wrote is {@link #addAll taken as it is}. What
 * is there is compared with that before it is published.
 */
public final class StagedDirectory implements AutoCloseable {
  private final Target target;
  private final FileSystem fileSystem;
  private final Path staging;
  private final Lock lock;
  private final String replacing;
  private final Map<String, WrittenFile> written = new LinkedHashMap<>();
  private boolean published;

  private StagedDirectory(Target target, FileSystem fileSystem, Path staging, Lock lock)
      throws IOException {
    this.target = target;
    this.fileSystem = fileSystem;
    this.staging = staging;
    this.lock = lock;
    this.replacing = Target.trait(target.path(), target);
  }

  static StagedDirectory open(Target target, Path staging, Lock lock) throws IOException {
    FileSystem fileSystem = StorageKind.withoutChecksumFiles(target.fileSystem());
    fileSystem.mkdirs(staging);
    fileSystem.deleteOnExit(staging);
    return new StagedDirectory(target, fileSystem, staging, lock);
  }

  /** Where to write. */
  public Path path() {
    return staging;
  }

  /** Adds a file. */
  public void write(String name, Content content) throws IOException {
    try {
      HashedOutput out = new HashedOutput(fileSystem.create(new Path(staging, name), false));
      try (out) {
        content.writeTo(out);
      }
      add(out.written(name));
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Whoever has the lock may have removed this directory. */
  private IOException explained(IOException failure) {
    try {
      lock.check();
      return failure;
    } catch (JobException lost) {
      lost.addSuppressed(failure);
      throw lost;
    }
  }

  /** Adds a text file in UTF-8. */
  public void write(String name, String text) throws IOException {
    write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Accounts for a file that was written here by others. */
  public void add(WrittenFile file) {
    written.put(file.name(), file);
  }

  /** Accounts for all that is here now. */
  public void addAll() throws IOException {
    for (WrittenFile file : Inventory.list(fileSystem, staging)) {
      add(hashed(file));
    }
  }

  /** What was written so far, by name. */
  private List<WrittenFile> written() {
    return new Inventory(target.kind(), List.copyOf(written.values())).files();
  }

  /** Whether the target holds just what was written here, published before. */
  public boolean isPublishedAlready() throws IOException {
    return target.isPublished()
        && target.state() == State.WHOLE
        && Inventory.read(target.path(), target.hadoop())
            .map(Inventory::files)
            .filter(files -> files.equals(withMarker("")))
            .isPresent();
  }

  private List<WrittenFile> withMarker(String text) {
    List<WrittenFile> all = new ArrayList<>(written.values());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    all.add(new WrittenFile(target.marker(), bytes.length, DigestUtils.sha256Hex(bytes)));
    return new Inventory(target.kind(), all).files();
  }

  /**
   * Puts the directory in the place of whatever the target holds, which is what it held when this
   * directory was opened. In an object store that is not done at once: readers wait for the marker,
   * which comes last.
   *
   * @param text of the marker
   * @throws JobException with category ALREADY_RUNNING when the lock is lost, or others published
   *     something there meanwhile, which is then as it was; INTERNAL when what is here is not what
   *     was written
   */
  public void publish(String text) throws IOException {
    Path replaced = null;
    try {
      lock.check();
      verify();
      write(Inventory.FILE, Json.write(new Inventory(target.kind(), withMarker(text))));
      write(target.marker(), text);
      sync();
      replaced = makeRoom();
      lock.check();
      if (StorageKind.of(fileSystem) == StorageKind.OBJECT_STORE) {
        moveOneByOne();
      } else if (!Move.directory(fileSystem, staging, target.path(), target.hadoop())) {
        throw somebodyElse();
      }
    } catch (IOException e) {
      putBack(replaced, e);
      throw explained(e);
    } catch (RuntimeException | Error e) {
      putBack(replaced, e);
      throw e;
    }
    published = true;
    fileSystem.cancelDeleteOnExit(staging);
    if (replaced != null) {
      lock.check();
      fileSystem.delete(replaced, true);
    }
  }

  /** Moves what the target holds aside; null where it holds nothing. */
  private Path makeRoom() throws IOException {
    lock.check();
    if (!Target.trait(target.path(), target).equals(replacing)) {
      throw somebodyElse();
    }
    if (target.isEmpty()) {
      return null;
    }
    Path replaced = target.replaced();
    if (!Move.directory(fileSystem, target.path(), replaced, target.hadoop())) {
      throw new IOException("Cannot move %s aside".formatted(target.path()));
    }
    if (!Target.trait(replaced, target).equals(replacing)) { // it came after the lock was lost
      Move.directory(fileSystem, replaced, target.path(), target.hadoop());
      throw somebodyElse();
    }
    return replaced;
  }

  /** What was moved aside comes back, unless something else stands there. */
  private void putBack(Path replaced, Throwable failure) {
    if (replaced == null) {
      return;
    }
    try {
      if (StorageKind.of(fileSystem) == StorageKind.OBJECT_STORE && isHeld()) {
        fileSystem.delete(target.path(), true); // what it may have of this directory
      }
      Move.directory(fileSystem, replaced, target.path(), target.hadoop());
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private boolean isHeld() {
    try {
      lock.check();
      return true;
    } catch (JobException e) {
      return false;
    }
  }

  private void moveOneByOne() throws IOException {
    moveOne(Inventory.FILE); // so that a part can be told from what others put there
    for (WrittenFile file : written.values()) {
      if (!file.name().equals(target.marker()) && !file.name().equals(Inventory.FILE)) {
        moveOne(file.name());
      }
    }
    moveOne(target.marker());
    fileSystem.delete(staging, true);
  }

  private void moveOne(String name) throws IOException {
    Path to = new Path(target.path(), name);
    lock.check();
    fileSystem.mkdirs(to.getParent());
    if (!fileSystem.rename(new Path(staging, name), to)) {
      throw new IOException("Cannot publish %s: found no way to write it".formatted(to));
    }
  }

  /** Compares what is here with what was written. */
  private void verify() throws IOException {
    List<WrittenFile> found = new ArrayList<>();
    for (WrittenFile file : Inventory.list(fileSystem, staging)) {
      found.add(hashed(file));
    }
    List<WrittenFile> expected = written();
    List<WrittenFile> there = new Inventory(target.kind(), found).files();
    if (!there.equals(expected)) {
      List<WrittenFile> differing = new ArrayList<>(expected);
      differing.addAll(there);
      differing.removeIf(file -> expected.contains(file) && there.contains(file));
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot publish %s %s: found other files than were written, such as %s, expected these alone and unchanged. Run again; look for what changed them if it happens again."
              .formatted(target.kind(), target.path(), differing.get(0).name()));
    }
  }

  private WrittenFile hashed(WrittenFile file) throws IOException {
    try (InputStream in = fileSystem.open(new Path(staging, file.name()))) {
      return new WrittenFile(file.name(), file.bytes(), DigestUtils.sha256Hex(in));
    }
  }

  private void sync() throws IOException {
    if (StorageKind.of(fileSystem) == StorageKind.LOCAL) {
      for (String name : written.keySet()) {
        Move.sync(Move.local(new Path(staging, name)));
      }
      Move.syncDirectory(Move.local(staging));
    }
  }

  private JobException somebodyElse() {
    return new JobException(
        FailureCategory.ALREADY_RUNNING,
        "Cannot publish %s %s: found something that was published there meanwhile, expected an empty place. Run again."
            .formatted(target.kind(), target.path()));
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    if (!published) {
      fileSystem.delete(staging, true);
      fileSystem.cancelDeleteOnExit(staging);
    }
  }
}

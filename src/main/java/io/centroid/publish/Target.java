package io.centroid.publish;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.publish.Inventory.State;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A place where a directory gets published: whole or not at all.
 *
 * @param path of the directory, qualified
 * @param kind what it is, as the user calls it: "shards", "scores", "run"
 * @param option the option that names it, for messages: "--shards"
 * @param marker the file whose presence says that everything else is there
 * @param hadoop the file systems
 */
public record Target(Path path, String kind, String option, String marker, Configuration hadoop) {
  /** The marker of directories that have no other file that comes last. */
  public static final String SUCCESS = "_SUCCESS";

  private static final String REPLACED = ".replaced-";

  /**
   * A place.
   *
   * @throws JobException with category SETTINGS when nothing can be published there
   */
  public static Target of(
      Path path, String kind, String option, String marker, Configuration hadoop)
      throws IOException {
    // By way of its text, which loses the trailing slash that a URI may have.
    Path qualified = new Path(path.getFileSystem(hadoop).makeQualified(path).toString());
    if (qualified.getParent() == null) {
      throw JobException.settings(
          "Cannot write %s to %s: found the root of a file system, expected a directory below it. Use another %s."
              .formatted(kind, path, option));
    }
    return new Target(qualified, kind, option, marker, hadoop);
  }

  /** Whether a directory has its marker. */
  public static boolean isPublished(Path directory, String marker, Configuration hadoop)
      throws IOException {
    return directory.getFileSystem(hadoop).exists(new Path(directory, marker));
  }

  /**
   * Reads a text file in UTF-8 of a published directory.
   *
   * @throws FileNotFoundException when it is not there, and for no other reason
   */
  public static String read(Path directory, String name, Configuration hadoop) throws IOException {
    Path file = new Path(directory, name);
    return WholeFile.read(file, hadoop)
        .orElseThrow(() -> new FileNotFoundException("no file " + file));
  }

  /**
   * Makes sure that a file is the one that was published, where its directory has an inventory that
   * lists it: by size and SHA-256.
   *
   * @throws JobException with category DATA when it is another one
   */
  public static void requireAsPublished(Path file, Configuration hadoop) throws IOException {
    Optional<WrittenFile> written =
        Inventory.read(file.getParent(), hadoop).stream()
            .flatMap(inventory -> inventory.files().stream())
            .filter(entry -> entry.name().equals(file.getName()))
            .findFirst();
    if (written.isPresent()) {
      FileSystem fileSystem = file.getFileSystem(hadoop);
      long bytes = fileSystem.getFileStatus(file).getLen();
      String sha256 = "";
      if (bytes == written.get().bytes()) {
        try (InputStream in = fileSystem.open(file)) {
          sha256 = DigestUtils.sha256Hex(in);
        }
      }
      if (!sha256.equals(written.get().sha256())) {
        throw JobException.data(
            "Cannot use %s: found %s, expected the file of %,d bytes that was published there. Get a whole copy."
                .formatted(
                    file,
                    sha256.isEmpty() ? "%,d bytes".formatted(bytes) : "other content",
                    written.get().bytes()));
      }
    }
  }

  /** Whether something is published here. */
  public boolean isPublished() throws IOException {
    return isPublished(path, marker, hadoop);
  }

  /** Whether nothing is here, or an empty directory. */
  public boolean isEmpty() throws IOException {
    return state() == State.EMPTY;
  }

  /**
   * Whether what is here may be replaced: all of it was published by this program, as this kind.
   */
  public boolean isReplaceable() throws IOException {
    return state() == State.WHOLE || state() == State.PARTIAL;
  }

  /**
   * Makes sure that publishing here destroys nothing that it is made from.
   *
   * @param inputs what is read; those that are null are passed over
   * @throws JobException with category SETTINGS when one of them is the target or in it
   */
  public void requireApartFrom(Path... inputs) throws IOException {
    String here = canonical(path);
    for (Path input : inputs) {
      if (input != null) {
        String there = canonical(input.getFileSystem(hadoop).makeQualified(input));
        if (there.equals(here) || there.startsWith(here + "/")) {
          throw JobException.settings(
              "Cannot write %s to %s: found %s there, which they are made from, expected another place. Use another %s."
                  .formatted(kind, path, input, option));
        }
      }
    }
  }

  /**
   * Takes the lock of the place; and since nobody else is at work here then, removes what others
   * left who are gone, and finishes or takes back what they had begun to replace.
   *
   * @param work what it is for, as the user knows it
   * @param phases told when it is taken over from others
   * @throws JobException with category ALREADY_RUNNING when somebody has it, SETTINGS when the
   *     place cannot be written
   */
  public Lock lock(String work, Phases phases) throws IOException {
    try {
      fileSystem().mkdirs(path.getParent());
      Lock lock = Lock.take(Lock.beside(path), work, hadoop, phases);
      try {
        restore();
        Abandoned.removeBeside(path, hadoop);
      } catch (IOException | RuntimeException | Error e) {
        lock.close();
        throw e;
      }
      return lock;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Opens an empty directory beside the place, for whoever has the lock. */
  public StagedDirectory stage(Lock lock) throws IOException {
    try {
      return StagedDirectory.open(this, sibling(Abandoned.STAGING), lock);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private IOException unwritable(IOException failure) {
    if (!StorageFailure.isOfThePlace(failure)) {
      return failure;
    }
    throw new JobException(
        FailureCategory.SETTINGS,
        "Cannot write %s to %s: found %s, expected a directory that can be written. Use another %s."
            .formatted(kind, path, StorageFailure.reason(failure), option),
        failure);
  }

  State state() throws IOException {
    return Inventory.stateOf(path, kind, hadoop);
  }

  FileSystem fileSystem() throws IOException {
    return path.getFileSystem(hadoop);
  }

  /**
   * Tells what one publisher wrote from what another did.
   *
   * @param directory the target's, or where it was moved
   */
  static String trait(Path directory, Target target) throws IOException {
    FileSystem fileSystem = target.fileSystem();
    Path marker = new Path(directory, target.marker());
    if (!fileSystem.exists(marker)) {
      return Inventory.stateOf(directory, target.kind(), target.hadoop()) == State.EMPTY
          ? ""
          : "no marker";
    }
    FileStatus status = fileSystem.getFileStatus(marker);
    String inventory =
        WholeFile.read(new Path(directory, Inventory.FILE), target.hadoop()).orElse("");
    return status.getLen() + " bytes\n" + inventory;
  }

  /** Where what stands here is kept until something else stands here. */
  Path replaced() {
    return sibling(REPLACED);
  }

  private Path sibling(String purpose) {
    return HiddenName.beside(path, purpose + UUID.randomUUID());
  }

  /** What was here before somebody began to replace it, and ended before it was replaced. */
  private void restore() throws IOException {
    for (FileStatus other : fileSystem().listStatus(path.getParent())) {
      Path replaced = other.getPath();
      if (replaced.getName().startsWith("." + path.getName() + REPLACED)) {
        restore(replaced);
      }
    }
  }

  private void restore(Path replaced) throws IOException {
    if (isPublished()) {
      fileSystem().delete(replaced, true);
      return;
    }
    if (state() == State.PARTIAL) {
      fileSystem().delete(path, true); // in an object store, of what was to replace it
    }
    if (isEmpty() && !Move.directory(fileSystem(), replaced, path, hadoop)) {
      throw new IOException("Cannot put " + replaced + " back: found no way to rename it");
    }
  }

  /** A path without links, as far as it exists. */
  private String canonical(Path qualified) throws IOException {
    if (StorageKind.of(qualified.getFileSystem(hadoop)) != StorageKind.LOCAL) {
      return qualified.toString();
    }
    java.nio.file.Path local = Move.local(qualified);
    java.nio.file.Path existing = local;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing.toRealPath().resolve(existing.relativize(local)).normalize().toString();
  }
}

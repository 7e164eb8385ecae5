package io.centroid.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.json.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What was published in a directory, in a file of its own there. It tells what this program made
 * from what others put there, and a whole directory from a part of one.
 *
 * @param kind what the directory is: "shards", "run", ...
 * @param files all of them but this one, by name
 */
record Inventory(String kind, List<WrittenFile> files) {
  /** Its name; readers of tables pass over names that begin so. */
  static final String FILE = "_inventory.json";

  Inventory {
    files = files.stream().sorted(Comparator.comparing(WrittenFile::name)).toList();
  }

  /** What is at a place. */
  enum State {
    /** Nothing, or an empty directory. */
    EMPTY,
    /** What this program published, whole, and nothing else. */
    WHOLE,
    /** A part of what this program published, and nothing else. */
    PARTIAL,
    /** Something else, or something else too. */
    FOREIGN
  }

  /** The inventory of a directory; nothing where there is none that can be read. */
  static Optional<Inventory> read(Path directory, Configuration hadoop) throws IOException {
    Optional<String> json = WholeFile.read(new Path(directory, FILE), hadoop);
    try {
      return json.isEmpty()
          ? Optional.empty()
          : Optional.of(Json.read(json.get(), Inventory.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Looks at a place that may hold something of a kind. */
  static State stateOf(Path directory, String kind, Configuration hadoop) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    if (!fileSystem.exists(directory)) {
      return State.EMPTY;
    }
    if (!fileSystem.getFileStatus(directory).isDirectory()) {
      return State.FOREIGN;
    }
    List<WrittenFile> found = list(fileSystem, directory);
    if (found.isEmpty()) {
      return State.EMPTY;
    }
    Optional<Inventory> inventory = read(directory, hadoop).filter(its -> its.kind().equals(kind));
    if (inventory.isEmpty() || !inventory.get().strangers(found).isEmpty()) {
      return State.FOREIGN;
    }
    Set<String> whole =
        inventory.get().files().stream()
            .map(file -> file.name() + " " + file.bytes())
            .collect(Collectors.toSet());
    found.forEach(file -> whole.remove(file.name() + " " + file.bytes()));
    return whole.isEmpty() ? State.WHOLE : State.PARTIAL;
  }

  /** Files that are not in the inventory. */
  private List<WrittenFile> strangers(List<WrittenFile> found) {
    Set<String> known = files.stream().map(WrittenFile::name).collect(Collectors.toSet());
    return found.stream()
        .filter(file -> !known.contains(file.name()) && !file.name().equals(FILE))
        .toList();
  }

  /** The files below a directory, without their hashes; checksum files of known files left out. */
  static List<WrittenFile> list(FileSystem fileSystem, Path directory) throws IOException {
    List<WrittenFile> files = new ArrayList<>();
    try {
      list(fileSystem, directory, "", files);
    } catch (FileNotFoundException e) {
      return List.of(); // it went meanwhile
    }
    Set<String> names = files.stream().map(WrittenFile::name).collect(Collectors.toSet());
    return files.stream()
        .filter(file -> checksumOf(file.name()).map(of -> !names.contains(of)).orElse(true))
        .toList();
  }

  /** Not by {@code listFiles}, which asks for each file's owner and rights: a process for each. */
  private static void list(
      FileSystem fileSystem, Path directory, String prefix, List<WrittenFile> files)
      throws IOException {
    for (FileStatus child : fileSystem.listStatus(directory)) {
      String name = prefix + child.getPath().getName();
      if (child.isDirectory()) {
        list(fileSystem, child.getPath(), name + "/", files);
      } else {
        files.add(new WrittenFile(name, child.getLen(), ""));
      }
    }
  }

  /** The file that a checksum file of Hadoop's belongs to; nothing for other files. */
  private static Optional<String> checksumOf(String name) {
    int slash = name.lastIndexOf('/');
    String last = name.substring(slash + 1);
    return last.startsWith(".") && last.endsWith(".crc")
        ? Optional.of(
            name.substring(0, slash + 1) + last.substring(1, last.length() - ".crc".length()))
        : Optional.empty();
  }
}

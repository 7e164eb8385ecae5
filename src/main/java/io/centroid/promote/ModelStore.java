package io.centroid.promote;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.promote.Promotion.Action;
import io.centroid.publish.Lock;
import io.centroid.publish.WholeFile;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The versions of one model, and which of them is current.
 *
 * <pre>
 * &lt;models&gt;/&lt;name&gt;/current.json      names the current version; replaced at once
 * &lt;models&gt;/&lt;name&gt;/history.json      every promotion and rollback, oldest first
 * &lt;models&gt;/&lt;name&gt;/versions/&lt;n&gt;/   a copy of the run's directory; never changed
 * </pre>
 *
 * <p>{@code current.json} decides. It holds the last entry of the history, so that a process that
 * dies after it and before the history loses nothing: whoever reads adds that entry.
 */
public final class ModelStore {
  private static final String CURRENT = "current.json";
  private static final String HISTORY = "history.json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

  private final Path directory;
  private final String name;
  private final Configuration hadoop;

  private ModelStore(Path directory, String name, Configuration hadoop) {
    this.directory = directory;
    this.name = name;
    this.hadoop = hadoop;
  }

  /**
   * The store of a model, which need not be there yet.
   *
   * @param models the directory of all models
   * @param name of the model: letters, digits, ".", "_", "-"; no "." at the start
   * @throws JobException with category SETTINGS when the name cannot be used
   */
  public static ModelStore of(Path models, String name, Configuration hadoop) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw JobException.settings(
          "Cannot use model name %s: found other characters, expected letters, digits, \".\", \"_\" and \"-\". Use another --name."
              .formatted(name));
    }
    return new ModelStore(
        models.getFileSystem(hadoop).makeQualified(new Path(models, name)), name, hadoop);
  }

  /** The stores in a directory of models, by name. */
  public static List<ModelStore> in(Path models, Configuration hadoop) throws IOException {
    FileSystem fileSystem = models.getFileSystem(hadoop);
    List<ModelStore> stores = new ArrayList<>();
    try {
      for (FileStatus entry : fileSystem.listStatus(models)) {
        String name = entry.getPath().getName();
        if (entry.isDirectory() && fileSystem.exists(new Path(entry.getPath(), CURRENT))) {
          stores.add(of(models, name, hadoop));
        }
      }
    } catch (FileNotFoundException e) {
      throw JobException.data(
          "Cannot list models in %s: found no such directory, expected one that promote made.%s"
              .formatted(
                  fileSystem.makeQualified(models), StorageFailure.localHint(models, fileSystem)),
          e);
    }
    stores.sort((one, other) -> one.name.compareTo(other.name));
    return stores;
  }

  /**
   * Where a model is that is to be used.
   *
   * @param path the directory of a model's store, for its current version, or anything else
   * @return the directory of the current version, or {@code path}
   */
  public static Path resolve(Path path, Configuration hadoop) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    if (!fileSystem.exists(path) || !fileSystem.getFileStatus(path).isDirectory()) {
      return path;
    }
    Path directory = fileSystem.makeQualified(path);
    ModelStore store = new ModelStore(directory, directory.getName(), hadoop);
    return store.current().map(current -> store.version(current.version())).orElse(path);
  }

  /** The model's name. */
  public String name() {
    return name;
  }

  /** Where all of it is. */
  public Path directory() {
    return directory;
  }

  /** Where a version is, or would be. */
  public Path version(int version) {
    return new Path(versions(), Integer.toString(version));
  }

  /** What is current; nothing before the first promotion. */
  public Optional<Promotion> current() throws IOException {
    Path file = new Path(directory, CURRENT);
    Optional<String> json = WholeFile.read(file, hadoop);
    return json.isEmpty()
        ? Optional.empty()
        : Optional.of(parse(file, json.get(), Promotion.class));
  }

  /**
   * Every promotion and rollback, oldest first.
   *
   * @throws JobException with category DATA when it is lost: versions are not thrown away then
   */
  public List<Promotion> history() throws IOException {
    List<Promotion> history = new ArrayList<>(recorded());
    Optional<Promotion> current = current();
    boolean isFirst = current.map(entry -> entry.replaced() == null).orElse(true);
    if (history.isEmpty() ? !isFirst : current.isEmpty()) {
      throw JobException.data(
          "Cannot read the history of model %s: found %s without %s, expected both in %s. Put it back."
              .formatted(
                  name,
                  history.isEmpty() ? CURRENT : HISTORY,
                  history.isEmpty() ? HISTORY : CURRENT,
                  directory));
    }
    if (current.isPresent()
        && (history.isEmpty() || !history.get(history.size() - 1).equals(current.get()))) {
      history.add(current.get());
    }
    return List.copyOf(history);
  }

  /** The entries in the history's file, which may lack the newest one. */
  List<Promotion> recorded() throws IOException {
    Path file = new Path(directory, HISTORY);
    Optional<String> json = WholeFile.read(file, hadoop);
    return json.isEmpty() ? List.of() : List.of(parse(file, json.get(), Promotion[].class));
  }

  /** Whether the last thing that happened to a run was that it was rolled back from. */
  boolean isWithdrawn(String run) throws IOException {
    List<Promotion> history = history();
    for (int i = history.size() - 1; i >= 0; i--) {
      Promotion entry = history.get(i);
      if (entry.run().equals(run)) {
        return false;
      }
      if (entry.action() == Action.ROLLED_BACK && runOf(history, entry.replaced()).equals(run)) {
        return true;
      }
    }
    return false;
  }

  private static String runOf(List<Promotion> history, Integer version) {
    return history.stream()
        .filter(entry -> version != null && entry.version() == version)
        .map(Promotion::run)
        .findFirst()
        .orElse("");
  }

  Path versions() {
    return new Path(directory, "versions");
  }

  Configuration hadoop() {
    return hadoop;
  }

  void writeCurrent(Promotion entry, Lock lock) throws IOException {
    WholeFile.replace(new Path(directory, CURRENT), Json.write(entry), lock::check, hadoop);
  }

  void writeHistory(List<Promotion> history, Lock lock) throws IOException {
    WholeFile.replace(new Path(directory, HISTORY), Json.write(history), lock::check, hadoop);
  }

  private static <T> T parse(Path file, String json, Class<T> type) {
    try {
      return Json.read(json, type);
    } catch (JsonProcessingException e) {
      throw JobException.data(
          "Cannot read %s: found %s, expected what promote wrote. Put back a copy of it."
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }
}

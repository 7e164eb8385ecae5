package io.centroid.prep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The directory that keeps downloaded archives.
 *
 * @param directory need not exist yet
 */
public record ArchiveCache(Path directory) {

  /**
   * The user's cache: {@code ${XDG_CACHE_HOME:-$HOME/.cache}/centroid}.
   *
   * @param environment the process's environment
   * @see <a href="https://specifications.freedesktop.org/basedir-spec/latest/">XDG base
   *     directories</a>
   */
  public static ArchiveCache ofUser(Map<String, String> environment) {
    String configured = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The specification has relative paths ignored.
    Path base =
        Path.of(configured).isAbsolute()
            ? Path.of(configured)
            : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
    return new ArchiveCache(base.resolve("centroid"));
  }

  /** An official archive that is here, complete and undamaged; the binary version if both are. */
  public Optional<Path> find() throws IOException {
    for (OfficialArchive archive : List.of(OfficialArchive.BINARY, OfficialArchive.PYTHON)) {
      Optional<Path> found = find(archive);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The given archive if it is here, complete and undamaged. */
  public Optional<Path> find(OfficialArchive archive) throws IOException {
    Path file = file(archive);
    return Files.isRegularFile(file)
            && Files.size(file) == archive.bytes()
            && md5(file).equals(archive.md5())
        ? Optional.of(file)
        : Optional.empty();
  }

  /** Where an archive is kept once it is complete. */
  Path file(OfficialArchive archive) {
    return directory.resolve(archive.name());
  }

  /** Where an archive is kept until then. */
  Path partialFile(OfficialArchive archive) {
    return directory.resolve(archive.name() + ".part");
  }

  static String md5(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.md5Hex(in);
    }
  }
}

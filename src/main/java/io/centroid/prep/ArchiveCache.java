package io.centroid.prep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    MessageDigest md5;
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has MD5", e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), md5)) {
      byte[] buffer = new byte[1 << 16];
      while (in.read(buffer) >= 0) {
        // Only the sum is wanted.
      }
    }
    return HexFormat.of().formatHex(md5.digest());
  }
}

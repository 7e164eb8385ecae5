package io.centroid.run;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Which code this is.
 *
 * @param version the released version
 * @param commit the Git commit it was built from, or "unknown" outside a Git checkout
 * @param dirty whether the working tree differed from the commit
 * @param content SHA-256 of the program's classes and resources, and of the list of its
 *     dependencies: the same code has the same, whatever commit it is of
 */
public record CodeVersion(String version, String commit, boolean dirty, String content) {
  private static final String ROOM = "io/centroid";
  private static final String COMMIT = "git.properties";

  /** Made once: a program does not change while it runs. */
  private static final class Current {
    private static final CodeVersion VERSION = read();
  }

  /** The version of the running program. */
  public static CodeVersion current() {
    return Current.VERSION;
  }

  private static CodeVersion read() {
    Properties properties = new Properties();
    try (InputStream file = CodeVersion.class.getResourceAsStream("/" + ROOM + "/" + COMMIT)) {
      if (file != null) {
        properties.load(file);
      }
      return new CodeVersion(
          properties.getProperty("git.build.version", "unknown"),
          properties.getProperty("git.commit.id", "unknown"),
          Boolean.parseBoolean(properties.getProperty("git.dirty", "false")),
          hash());
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("Every program of ours can be read", e);
    }
  }

  /** Of a jar, or of the directory that a build compiles to. */
  private static String hash() throws IOException, URISyntaxException {
    Path place =
        Path.of(CodeVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return hash(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return hash(jar.getPath("/"));
    }
  }

  static String hash(Path root) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    List<Path> files;
    try (Stream<Path> all = Files.walk(root.resolve(ROOM))) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().equals(COMMIT))
              .sorted((one, other) -> one.toString().compareTo(other.toString()))
              .toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      String header = root.relativize(file) + " " + bytes.length + "\n";
      digest.update(header.getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return version + " (commit " + commit + (dirty ? ", modified" : "") + ")";
  }
}

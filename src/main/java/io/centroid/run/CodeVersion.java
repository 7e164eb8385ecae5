package io.centroid.run;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
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
  private static final String ROOM = "io/centroid/";
  private static final String COMMIT = "git.properties";

  /** Made once: a program does not change while it runs. */
  private static final class Current {
    private static final CodeVersion VERSION = read();
  }

  /** Reads one of the program's files. */
  @FunctionalInterface
  private interface Reading {
    byte[] of(String name) throws IOException;
  }

  /** The version of the running program. */
  public static CodeVersion current() {
    return Current.VERSION;
  }

  /** Version and commit of the running program, for whom its content need not be read. */
  public static String title() {
    return read("").toString();
  }

  private static CodeVersion read() {
    try {
      return read(
          hash(
              Path.of(
                  CodeVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI())));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("Every program of ours can be read", e);
    }
  }

  private static CodeVersion read(String content) {
    Properties properties = new Properties();
    try (InputStream file = CodeVersion.class.getResourceAsStream("/" + ROOM + COMMIT)) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException("Every program of ours can be read", e);
    }
    return new CodeVersion(
        properties.getProperty("git.build.version", "unknown"),
        properties.getProperty("git.commit.id", "unknown"),
        Boolean.parseBoolean(properties.getProperty("git.dirty", "false")),
        content);
  }

  /** Of a jar, or of the directory that a build compiles to. */
  static String hash(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      try (Stream<Path> all = Files.walk(place.resolve(ROOM))) {
        return hash(
            all.filter(Files::isRegularFile).map(file -> place.relativize(file).toString()),
            name -> Files.readAllBytes(place.resolve(name)));
      }
    }
    try (JarFile jar = new JarFile(place.toFile())) { // the class loader's index, read once
      return hash(
          jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName),
          name -> {
            try (InputStream file = jar.getInputStream(jar.getEntry(name))) {
              return file.readAllBytes();
            }
          });
    }
  }

  private static String hash(Stream<String> files, Reading reading) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    List<String> names =
        files
            .filter(name -> name.startsWith(ROOM) && !name.endsWith("/" + COMMIT))
            .sorted()
            .toList();
    for (String name : names) {
      byte[] bytes = reading.of(name);
      digest.update((name + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return version + " (commit " + commit + (dirty ? ", modified" : "") + ")";
  }
}

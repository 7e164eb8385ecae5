package io.centroid.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which code this is.
 *
 * @param version the released version
 * @param commit the Git commit it was built from, or "unknown" outside a Git checkout
 * @param dirty whether the working tree differed from the commit
 */
public record CodeVersion(String version, String commit, boolean dirty) {

  /** The version of the running program. */
  public static CodeVersion current() {
    Properties properties = new Properties();
    try (InputStream file = CodeVersion.class.getResourceAsStream("/io/centroid/git.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CodeVersion(
        properties.getProperty("git.build.version", "unknown"),
        properties.getProperty("git.commit.id", "unknown"),
        Boolean.parseBoolean(properties.getProperty("git.dirty", "false")));
  }

  @Override
  public String toString() {
    return version + " (commit " + commit + (dirty ? ", modified" : "") + ")";
  }
}

package io.centroid.cli;

import io.centroid.error.JobException;
import io.centroid.job.SparkSessions;
import io.centroid.storage.StorageFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;

/**
 * Where a settings file is, as the command line names it: a file of this machine, a URI of Hadoop,
 * or a {@code data:} URI (RFC 2397) that holds it. The launch scripts make the last of a local file
 * for a driver that runs on another machine.
 */
final class SettingsLocation {
  private static final Pattern BY_VALUE =
      Pattern.compile("data:;name=(?<name>[\\w.-]+);base64,(?<content>[A-Za-z0-9+/=]*)");

  private static final Pattern URI = Pattern.compile("[a-z][a-z0-9+.-]+:.+");

  private SettingsLocation() {}

  /**
   * The file on this machine; a copy that ends with the process where it came from elsewhere.
   *
   * @throws JobException category SETTINGS where it cannot be read
   */
  static Path local(String named) {
    Matcher byValue = BY_VALUE.matcher(named);
    Path file = Path.of(named);
    try {
      if (byValue.matches()) {
        byte[] content = Base64.getDecoder().decode(byValue.group("content"));
        return copy(byValue.group("name"), new ByteArrayInputStream(content));
      }
      if (!Files.exists(file) && URI.matcher(named).matches()) {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(named);
        Configuration hadoop = SparkSessions.hadoop();
        return copy(path.getName(), path.getFileSystem(hadoop).open(path));
      }
    } catch (IOException | IllegalArgumentException e) { // a URI that is none
      throw unreadable(named, StorageFailure.reason(e));
    }
    if (!Files.isReadable(file) && isOnTheCluster()) {
      throw unreadable(named, "no readable file on the machine of the driver");
    }
    return file;
  }

  private static Path copy(String name, InputStream content) throws IOException {
    try (content) {
      Path directory = Files.createTempDirectory("settings");
      directory.toFile().deleteOnExit();
      Path file = directory.resolve(name);
      file.toFile().deleteOnExit(); // before its directory
      Files.copy(content, file);
      return file;
    }
  }

  private static boolean isOnTheCluster() {
    return new SparkConf().get("spark.submit.deployMode", "").equals("cluster");
  }

  private static JobException unreadable(String named, String found) {
    return JobException.settings(
        "Cannot read settings %s: found %s, expected a path that every machine sees."
            .formatted(named, found));
  }
}

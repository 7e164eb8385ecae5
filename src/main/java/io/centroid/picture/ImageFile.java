package io.centroid.picture;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.io.function.IOSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/** The content of one listed file. */
public final class ImageFile {
  /** Bytes, all of which are in memory at once. */
  private static final int LARGEST = 1 << 28;

  private ImageFile() {}

  /**
   * Reads a file.
   *
   * @param location as {@link ImageListing} has it
   * @throws UnreadableImageException when there is none that can be read
   * @throws IOException when the storage fails
   */
  public static byte[] read(String location, Configuration configuration)
      throws IOException, UnreadableImageException {
    try {
      if (location.startsWith("file:")) {
        java.nio.file.Path path = java.nio.file.Path.of(URI.create(location));
        return read(Files.size(path), () -> Files.newInputStream(path));
      }
      Path path = new Path(location);
      FileSystem fileSystem = path.getFileSystem(configuration);
      return read(fileSystem.getFileStatus(path).getLen(), () -> fileSystem.open(path));
    } catch (FileSystemException | FileNotFoundException | AccessControlException e) {
      throw new UnreadableImageException(
          "found %s, expected a file".formatted(ImageListing.reason(e)));
    } catch (OutOfMemoryError e) {
      throw UnreadableImageException.of(e);
    }
  }

  private static byte[] read(long size, IOSupplier<InputStream> file)
      throws IOException, UnreadableImageException {
    if (size > LARGEST) {
      throw new UnreadableImageException(
          String.format(Locale.ROOT, "found %,d bytes, expected at most %,d", size, LARGEST));
    }
    byte[] bytes = new byte[(int) size];
    try (InputStream in = file.get()) {
      int count = in.readNBytes(bytes, 0, bytes.length);
      return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }
  }
}

package io.centroid.score;

import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.error.JobException;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.commons.io.function.IOSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * An image file, called by its name, or all files in a directory and below, called by their path in
 * it. What is no image, or cannot be read, is told with the reason and does not stop the others;
 * neither does what has a hidden name, which begins with ".".
 *
 * @param path on any Hadoop file system
 */
public record ImageFiles(Path path) implements PictureSource {
  private static final int FILES_PER_TASK = 256;

  /** Bytes, all of which are in memory at once. */
  private static final int LARGEST_FILE = 1 << 28;

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, Normalizer normalizer)
      throws IOException {
    FileSystem fileSystem = path.getFileSystem(context.hadoopConfiguration());
    ImageListing listing = list(fileSystem);
    if (listing.files().isEmpty() && listing.problems().isEmpty()) {
      throw JobException.data(
          "Cannot score images in %s: found no file, expected PNG, JPEG, GIF or BMP images. Use another --images."
              .formatted(path));
    }
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    JavaRDD<Picture> pictures =
        parallelize(context, listing.files()).map(new Read(normalizer, configuration));
    return listing.problems().isEmpty()
        ? pictures
        : pictures.union(
            parallelize(context, listing.problems())
                .map(problem -> Picture.unreadable(problem._1(), problem._2())));
  }

  private ImageListing list(FileSystem fileSystem) throws IOException {
    Path qualified = fileSystem.makeQualified(path);
    try {
      return StorageKind.of(fileSystem) == StorageKind.LOCAL
          ? LocalImages.list(java.nio.file.Path.of(qualified.toUri().getPath()))
          : RemoteImages.list(fileSystem, qualified);
    } catch (IOException e) {
      throw StorageFailure.explained(fileSystem, path, e);
    }
  }

  private static JavaRDD<Tuple2<String, String>> parallelize(
      JavaSparkContext context, SortedMap<String, String> entries) {
    List<Tuple2<String, String>> list =
        entries.entrySet().stream()
            .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
            .toList();
    int tasks = (list.size() + FILES_PER_TASK - 1) / FILES_PER_TASK;
    return context.parallelize(list, Math.max(1, tasks));
  }

  /** Reads and decodes one file, given by its id and its location. */
  private record Read(Normalizer normalizer, Broadcast<SerializableConfiguration> configuration)
      implements Function<Tuple2<String, String>, Picture> {

    @Override
    public Picture call(Tuple2<String, String> file) throws IOException {
      String id = file._1();
      try {
        float[] features = new float[Cifar10.FEATURES];
        normalizer.apply(ImageDecoder.pixels(bytes(file._2())), features);
        return Picture.of(id, features);
      } catch (UnreadableImageException e) {
        return Picture.unreadable(id, e.getMessage());
      } catch (OutOfMemoryError e) { // of reading it; decoding has told its own
        return Picture.unreadable(id, UnreadableImageException.of(e).getMessage());
      }
    }

    private byte[] bytes(String location) throws IOException, UnreadableImageException {
      try {
        if (location.startsWith("file:")) {
          java.nio.file.Path path = java.nio.file.Path.of(URI.create(location));
          return bytes(Files.size(path), () -> Files.newInputStream(path));
        }
        Path path = new Path(location);
        FileSystem fileSystem = path.getFileSystem(configuration.value().value());
        return bytes(fileSystem.getFileStatus(path).getLen(), () -> fileSystem.open(path));
      } catch (FileSystemException | FileNotFoundException | AccessControlException e) {
        throw new UnreadableImageException(
            "found %s, expected a file".formatted(ImageListing.reason(e)));
      }
    }

    private static byte[] bytes(long size, IOSupplier<InputStream> file)
        throws IOException, UnreadableImageException {
      if (size > LARGEST_FILE) {
        throw new UnreadableImageException(
            String.format(
                Locale.ROOT, "found %,d bytes, expected at most %,d", size, LARGEST_FILE));
      }
      byte[] bytes = new byte[(int) size];
      try (InputStream in = file.get()) {
        int count = in.readNBytes(bytes, 0, bytes.length);
        return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
      }
    }
  }
}

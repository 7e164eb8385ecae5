package io.centroid.score;

import io.centroid.data.Cifar10;
import io.centroid.data.Normalizer;
import io.centroid.error.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The PNG, JPEG, GIF and BMP files in a directory and below, called by their path in it. What is no
 * image, or none that can be read, is told with the reason and does not stop the others. Files and
 * directories whose names begin with "." or "_" are left out, as everywhere in Hadoop.
 *
 * @param directory on any Hadoop file system
 */
public record ImageFiles(Path directory) implements PictureSource {
  private static final int FILES_PER_TASK = 256;
  private static final long LARGEST_FILE = 1L << 28;

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, Normalizer normalizer)
      throws IOException {
    FileSystem fileSystem = directory.getFileSystem(context.hadoopConfiguration());
    Path root = fileSystem.makeQualified(directory);
    List<String> files = list(fileSystem, root);
    if (files.isEmpty()) {
      throw JobException.data(
          "Cannot score images in %s: found no file, expected PNG or JPEG images. Use another --images."
              .formatted(directory));
    }
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    return context
        .parallelize(files, (files.size() + FILES_PER_TASK - 1) / FILES_PER_TASK)
        .map(new Read(root.toString(), normalizer, configuration));
  }

  private List<String> list(FileSystem fileSystem, Path root) throws IOException {
    List<String> files = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(root, true);
      while (found.hasNext()) {
        String path = root.toUri().relativize(found.next().getPath().toUri()).getPath();
        if (!isHidden(path)) {
          files.add(path);
        }
      }
    } catch (FileNotFoundException e) {
      throw JobException.data(
          "Cannot score images in %s: found no such directory, expected one with PNG or JPEG images. Check the spelling of --images."
              .formatted(directory),
          e);
    }
    Collections.sort(files);
    return files;
  }

  private static boolean isHidden(String path) {
    for (String name : path.split("/", -1)) {
      if (name.startsWith(".") || name.startsWith("_")) {
        return true;
      }
    }
    return false;
  }

  /** Reads and decodes one file. */
  private record Read(
      String root, Normalizer normalizer, Broadcast<SerializableConfiguration> configuration)
      implements Function<String, Picture> {

    @Override
    public Picture call(String name) throws IOException {
      Path file = new Path(root, new Path(null, null, name));
      FileSystem fileSystem = file.getFileSystem(configuration.value().value());
      byte[] bytes;
      try (InputStream in = fileSystem.open(file)) {
        long size = fileSystem.getFileStatus(file).getLen();
        if (size > LARGEST_FILE) {
          return Picture.unreadable(
              name, "found %,d bytes, expected at most %,d".formatted(size, LARGEST_FILE));
        }
        bytes = in.readAllBytes();
      } catch (FileNotFoundException | AccessControlException e) {
        return Picture.unreadable(name, "found " + e.getMessage());
      }
      try {
        float[] features = new float[Cifar10.FEATURES];
        normalizer.apply(ImageDecoder.pixels(bytes), features);
        return Picture.of(name, features);
      } catch (UnreadableImageException e) {
        return Picture.unreadable(name, e.getMessage());
      }
    }
  }
}

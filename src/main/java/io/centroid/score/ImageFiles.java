package io.centroid.score;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.error.JobException;
import io.centroid.picture.ImageDecoder;
import io.centroid.picture.ImageFile;
import io.centroid.picture.ImageListing;
import io.centroid.picture.UnreadableImageException;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * An image file, called by its name, or all files in a directory and below, called by their path in
 * it; or several of them, called by their path as it was given and the path in it. What is no
 * image, or cannot be read, is told with the reason and does not stop the others; neither does what
 * has a hidden name, which begins with ".".
 *
 * @param paths on any Hadoop file systems; at least one
 */
public record ImageFiles(List<Path> paths) implements PictureSource {
  private static final int FILES_PER_TASK = 256;

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, DataSet dataSet) throws IOException {
    FeatureShape shape = dataSet.shape();
    if (!shape.isPicture()) {
      throw JobException.settings(
          "Cannot score images: found a model of %s, whose examples have shape %s, expected one of pictures. Use --table or --shards."
              .formatted(dataSet.title(), shape.axes()));
    }
    ImageListing listing = ImageListing.of(paths, context.hadoopConfiguration());
    if (listing.files().isEmpty() && listing.problems().isEmpty()) {
      throw JobException.data(
          "Cannot score images in %s: found no file, expected PNG, JPEG, GIF or BMP images. Use another --images."
              .formatted(paths.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    JavaRDD<Picture> pictures =
        parallelize(context, listing.files()).map(new Read(shape, configuration));
    return listing.problems().isEmpty()
        ? pictures
        : pictures.union(
            parallelize(context, listing.problems())
                .map(problem -> Picture.unreadable(problem._1(), problem._2())));
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
  private record Read(FeatureShape shape, Broadcast<SerializableConfiguration> configuration)
      implements Function<Tuple2<String, String>, Picture> {

    @Override
    public Picture call(Tuple2<String, String> file) throws IOException {
      String id = file._1();
      try {
        byte[] content = ImageFile.read(file._2(), configuration.value().value());
        return Picture.of(id, ImageDecoder.pixels(content, shape));
      } catch (UnreadableImageException e) {
        return Picture.unreadable(id, e.getMessage());
      }
    }
  }
}

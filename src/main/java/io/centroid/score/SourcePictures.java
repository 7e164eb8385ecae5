package io.centroid.score;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.ImageSource;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The images of a data set's own files, called by their number in the official order.
 *
 * @param source the archive or directory
 * @param splits {@link Split#TRAIN}, {@link Split#TEST} or both
 */
public record SourcePictures(ImageSource source, List<Split> splits) implements PictureSource {
  private static final int BLOCK_IMAGES = 1_000;

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, DataSet dataSet) throws IOException {
    FeatureShape shape = dataSet.shape();
    FeatureShape found = source.dataSet().shape();
    if (!found.equals(shape)) {
      throw JobException.data(
          "Cannot score %s: found images of shape %s, expected %s as the model was trained on. Use another --model."
              .formatted(source.dataSet().title(), found.axes(), shape.axes()));
    }
    List<Tuple2<Integer, byte[]>> blocks = read();
    if (blocks.isEmpty()) {
      throw JobException.settings(
          "Cannot score %s: found no images of split %s, expected some. Use another --split."
              .formatted(source.dataSet().title(), splits));
    }
    int count = shape.count();
    return context
        .parallelize(blocks, blocks.size())
        .flatMap(block -> pictures(block._1(), block._2(), count));
  }

  /** Blocks of images with consecutive ids, as the first id and all their pixels. */
  private List<Tuple2<Integer, byte[]>> read() throws IOException {
    byte[][] pixels = new byte[source.trainingImages() + source.testImages()][];
    source.read(
        image -> {
          Split split = image.id() < source.trainingImages() ? Split.TRAIN : Split.TEST;
          if (splits.contains(split)) {
            pixels[image.id()] = image.pixels().clone();
          }
        });
    List<Tuple2<Integer, byte[]>> blocks = new ArrayList<>();
    int from = 0;
    while (from < pixels.length) {
      int to = from;
      while (to < pixels.length && to < from + BLOCK_IMAGES && pixels[to] != null) {
        to++;
      }
      if (to > from) {
        blocks.add(new Tuple2<>(from, joined(pixels, from, to)));
      }
      from = Math.max(to, from + 1);
    }
    return blocks;
  }

  private byte[] joined(byte[][] pixels, int from, int to) {
    int count = source.dataSet().features();
    byte[] joined = new byte[Math.multiplyExact(to - from, count)];
    for (int id = from; id < to; id++) {
      System.arraycopy(pixels[id], 0, joined, (id - from) * count, count);
    }
    return joined;
  }

  private static Iterator<Picture> pictures(int firstId, byte[] pixels, int count) {
    return IntStream.range(0, pixels.length / count)
        .mapToObj(
            i ->
                Picture.of(
                    Integer.toString(firstId + i),
                    Arrays.copyOfRange(pixels, i * count, (i + 1) * count)))
        .iterator();
  }
}

package io.centroid.score;

import io.centroid.data.Cifar10;
import io.centroid.data.ImageSource;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The images of CIFAR-10's own files, called by their number in the official order.
 *
 * @param source the archive or directory
 * @param splits {@link Split#TRAIN}, {@link Split#TEST} or both
 */
public record Cifar10Pictures(ImageSource source, List<Split> splits) implements PictureSource {
  private static final int BLOCK_IMAGES = 1_000;

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, Normalizer normalizer)
      throws IOException {
    List<Tuple2<Integer, byte[]>> blocks = read();
    if (blocks.isEmpty()) {
      throw JobException.settings(
          "Cannot score CIFAR-10: found no images of split %s, expected some. Use another --split."
              .formatted(splits));
    }
    return context
        .parallelize(blocks, blocks.size())
        .flatMap(block -> pictures(block._1(), block._2(), normalizer));
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

  private static byte[] joined(byte[][] pixels, int from, int to) {
    byte[] joined = new byte[(to - from) * Cifar10.FEATURES];
    for (int id = from; id < to; id++) {
      System.arraycopy(pixels[id], 0, joined, (id - from) * Cifar10.FEATURES, Cifar10.FEATURES);
    }
    return joined;
  }

  private static Iterator<Picture> pictures(int firstId, byte[] pixels, Normalizer normalizer) {
    return IntStream.range(0, pixels.length / Cifar10.FEATURES)
        .mapToObj(
            i -> {
              float[] features = new float[Cifar10.FEATURES];
              normalizer.apply(pixels, i * Cifar10.FEATURES, features, 0);
              return Picture.of(Integer.toString(firstId + i), features);
            })
        .iterator();
  }
}

package io.centroid.benchmark;

import io.centroid.cifar.Cifar10;
import io.centroid.data.Split;
import io.centroid.deal.EpochOrder;
import io.centroid.deal.ShardExamples;
import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Images of a split in the driver's memory, for contenders that do not use Spark.
 *
 * @param features pixels, image after image, coded as {@code shape} says
 * @param labels {@code float[n × 10]}, one-hot
 * @param shape of every image
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of megabytes, never compared
record Images(byte[] features, float[] labels, ExampleShape shape) {
  /** The first images of a split, in the order of the files. */
  static Images first(JavaSparkContext context, ShardSet shards, Split split, int count) {
    List<Example> examples = shards.examples(context, split).take(count);
    ExampleShape shape = ShardExamples.shape(shards);
    byte[] features = new byte[examples.size() * Cifar10.FEATURES];
    float[] labels = new float[examples.size() * Cifar10.CLASSES];
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      System.arraycopy(example.features(), 0, features, i * Cifar10.FEATURES, Cifar10.FEATURES);
      labels[i * Cifar10.CLASSES + example.label()] = 1;
    }
    return new Images(features, labels, shape);
  }

  int count() {
    return labels.length / Cifar10.CLASSES;
  }

  /** The order in which one worker visits them in an epoch. */
  EpochOrder order(long seed, int epoch) {
    return new EpochOrder(seed, epoch, 0, count(), count());
  }

  /** Fills a minibatch with the images at the positions from {@code from} on. */
  void gather(EpochOrder order, int from, int examples, Minibatch minibatch) {
    minibatch.clear();
    for (int position = from; position < from + examples; position++) {
      int image = order.at(position);
      minibatch.add(image, features, image * Cifar10.FEATURES, labels, image * Cifar10.CLASSES);
    }
  }

  /** The class of an image. */
  int label(int image) {
    int label = 0;
    while (labels[image * Cifar10.CLASSES + label] == 0) {
      label++;
    }
    return label;
  }

  /** Writes all features as little-endian float32, then all labels as int64. */
  void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Cifar10.FEATURES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      float[] image = new float[Cifar10.FEATURES];
      for (int i = 0; i < count(); i++) {
        shape.coding().decode(features, i * Cifar10.FEATURES, image, 0, Cifar10.FEATURES);
        bytes.asFloatBuffer().put(image);
        out.write(bytes.array());
      }
      ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count(); i++) {
        word.putLong(0, label(i));
        out.write(word.array());
      }
    }
  }
}

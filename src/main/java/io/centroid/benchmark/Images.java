package io.centroid.benchmark;

import io.centroid.compute.ExampleShape;
import io.centroid.compute.Minibatch;
import io.centroid.data.Cifar10;
import io.centroid.data.Split;
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
 * @param features {@code float[n × 3072]}, image after image
 * @param labels {@code float[n × 10]}, one-hot
 */
@SuppressWarnings("ArrayRecordComponent") // hundreds of megabytes, never compared
record Images(float[] features, float[] labels) {
  static final ExampleShape SHAPE =
      new ExampleShape(new long[] {Cifar10.FEATURES}, new long[] {Cifar10.CLASSES});

  /** The first images of a split, in the order of the files. */
  static Images first(JavaSparkContext context, ShardSet shards, Split split, int count) {
    List<Example> examples = shards.examples(context, split).take(count);
    float[] features = new float[examples.size() * Cifar10.FEATURES];
    float[] labels = new float[examples.size() * Cifar10.CLASSES];
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      System.arraycopy(example.features(), 0, features, i * Cifar10.FEATURES, Cifar10.FEATURES);
      labels[i * Cifar10.CLASSES + example.label()] = 1;
    }
    return new Images(features, labels);
  }

  int count() {
    return labels.length / Cifar10.CLASSES;
  }

  /** Fills a minibatch with the images {@code order[from .. from + examples)}. */
  void gather(int[] order, int from, int examples, Minibatch minibatch) {
    minibatch.clear();
    for (int i = from; i < from + examples; i++) {
      minibatch.add(features, order[i] * Cifar10.FEATURES, labels, order[i] * Cifar10.CLASSES);
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
      for (int i = 0; i < count(); i++) {
        bytes.asFloatBuffer().put(features, i * Cifar10.FEATURES, Cifar10.FEATURES);
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

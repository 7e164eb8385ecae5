package io.centroid.source;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes files in the format of MNIST's. */
public final class IdxFiles {
  private IdxFiles() {}

  /**
   * The content of a file.
   *
   * @param bytes the product of the dimensions
   */
  public static byte[] idx(byte[] bytes, int... dimensions) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(content)) {
      out.writeInt(0x0800 | dimensions.length);
      for (int size : dimensions) {
        out.writeInt(size);
      }
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content.toByteArray();
  }

  /** Writes a file as it is downloaded. */
  public static void gzip(Path file, byte[] content) throws IOException {
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(content);
    }
  }

  /**
   * Writes the four files of a data set of grey images of 6 × 5 pixels, whose class is how bright
   * their upper or lower half is; gzip'd but for the test images.
   *
   * @param classes at most 40
   * @param training a multiple of {@code classes}
   * @param test a multiple of {@code classes}
   */
  public static void write(Path directory, int classes, int training, int test) throws IOException {
    Files.createDirectories(directory);
    gzip(directory.resolve("train-images-idx3-ubyte.gz"), images(classes, training));
    gzip(directory.resolve("train-labels-idx1-ubyte.gz"), labels(classes, training));
    Files.write(directory.resolve("t10k-images-idx3-ubyte"), images(classes, test));
    gzip(directory.resolve("t10k-labels-idx1-ubyte.gz"), labels(classes, test));
  }

  private static byte[] images(int classes, int count) {
    byte[] pixels = new byte[count * 30];
    for (int image = 0; image < count; image++) {
      int label = image % classes;
      for (int i = 0; i < 30; i++) {
        boolean bright = i / 15 == label % 2;
        pixels[image * 30 + i] = (byte) (bright ? 60 + 8 * (label / 2) + (image + i) % 7 : i % 5);
      }
    }
    return idx(pixels, count, 6, 5);
  }

  private static byte[] labels(int classes, int count) {
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % classes);
    }
    return idx(labels, count);
  }
}

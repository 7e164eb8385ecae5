package io.centroid.prep;

import io.centroid.data.ChannelSums;
import io.centroid.data.FeatureShape;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.SourceFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The images of a source as records of fixed length in files that any task can seek in, and what
 * one pass over them tells.
 *
 * <p>File {@code records-k} holds the images with ids from k × 10,000 on, in order: for each one
 * byte of label and the pixels in HWC order.
 *
 * @param directory where the record files are
 * @param sources the files that were read
 * @param labels {@code byte[n]} by id, unsigned
 * @param trainingImages how many of the images, the first ones, are training images
 * @param channelSums sums over pixels by id
 * @param imagesHash SHA-256 over the SHA-256 of each record file
 */
@SuppressWarnings("ArrayRecordComponent") // handed on within the driver
record UnpackedImages(
    Path directory,
    List<SourceFile> sources,
    byte[] labels,
    int trainingImages,
    ChannelSums channelSums,
    String imagesHash) {
  /** Images in one record file. */
  static final int FILE_IMAGES = 10_000;

  /** The name of a record file. */
  static String fileName(int number) {
    return "records-" + number;
  }

  /** Reads a source once, writing and measuring as it goes. */
  static UnpackedImages unpack(ImageSource source, Path directory, Configuration configuration)
      throws IOException {
    try (Unpacking unpacking =
        new Unpacking(
            directory.getFileSystem(configuration),
            directory,
            source.trainingImages() + source.testImages(),
            source.dataSet().shape())) {
      List<SourceFile> sources = source.read(unpacking::accept);
      return unpacking.result(sources, source.trainingImages());
    }
  }

  /** One pass over a source. */
  private static final class Unpacking implements AutoCloseable {
    private final FileSystem fileSystem;
    private final Path directory;
    private final byte[] labels;
    private final ChannelSums channelSums;
    private final byte[][] fileHashes;
    private final MessageDigest digest = DigestUtils.getSha256Digest();
    private OutputStream out;
    private int file = -1;
    private int expectedId;
    private int images;

    Unpacking(FileSystem fileSystem, Path directory, int count, FeatureShape shape) {
      this.fileSystem = fileSystem;
      this.directory = directory;
      this.labels = new byte[count];
      this.channelSums = new ChannelSums(count, shape);
      this.fileHashes = new byte[(count + FILE_IMAGES - 1) / FILE_IMAGES][];
    }

    void accept(LabeledImage image) throws IOException {
      if (image.id() / FILE_IMAGES != file) {
        open(image.id() / FILE_IMAGES);
      }
      if (image.id() != expectedId) {
        throw new IllegalStateException(
            "Cannot unpack images: found id " + image.id() + ", expected " + expectedId + ".");
      }
      expectedId++;
      images++;
      labels[image.id()] = (byte) image.label();
      channelSums.measure(image.id(), image.pixels());
      out.write(image.label());
      out.write(image.pixels());
      digest.update((byte) image.label());
      digest.update(image.pixels());
    }

    private void open(int number) throws IOException {
      close();
      if (fileHashes[number] != null) {
        throw new IllegalStateException(
            "Cannot unpack images: found ids from " + number * FILE_IMAGES + " on twice.");
      }
      file = number;
      expectedId = number * FILE_IMAGES;
      out =
          new BufferedOutputStream(
              fileSystem.create(new Path(directory, fileName(number)), false), 1 << 20);
    }

    UnpackedImages result(List<SourceFile> sources, int trainingImages) throws IOException {
      close();
      if (images != labels.length) {
        throw new IllegalStateException(
            "Cannot unpack images: found " + images + ", expected " + labels.length + ".");
      }
      for (byte[] hash : fileHashes) {
        digest.update(hash);
      }
      return new UnpackedImages(
          directory,
          sources,
          labels,
          trainingImages,
          channelSums,
          HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public void close() throws IOException {
      if (out != null) {
        out.close();
        out = null;
        fileHashes[file] = digest.digest();
      }
    }
  }
}

package io.centroid.data;

import java.io.IOException;
import java.util.List;

/** Where the images of a data set come from: an archive, a directory, or a generator. */
public interface ImageSource {

  /** Receives images one by one. */
  @FunctionalInterface
  interface ImageConsumer {
    /** Takes one image; its pixel array is reused for the next. */
    void accept(LabeledImage image) throws IOException;
  }

  /** Which data set this is. */
  DataSet dataSet();

  /** How many training images there are; their ids are 0 until this, the test images follow. */
  int trainingImages();

  /** How many test images there are. */
  int testImages();

  /**
   * Reads, checks and hands over every image exactly once, in any order of batches and in ascending
   * order within a batch.
   *
   * @return the files that were read, with their sizes and SHA-256 sums; empty for a generator
   * @throws io.centroid.error.JobException with category DATA when the data is not what its format
   *     asks for
   * @throws IOException when reading fails
   */
  List<SourceFile> read(ImageConsumer consumer) throws IOException;
}

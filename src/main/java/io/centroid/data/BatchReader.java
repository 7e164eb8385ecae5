package io.centroid.data;

import io.centroid.data.ImageSource.ImageConsumer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads a batch file of either version of CIFAR-10, told apart by the first byte. */
public final class BatchReader {
  private static final int BUFFER_BYTES = 1 << 16;

  private BatchReader() {}

  /**
   * Reads, checks and hands over all images of a batch.
   *
   * @param batch which batch the file holds
   * @param file its path, as messages name it
   * @param bytes its size
   * @param in its content; read to its end, left open
   * @param consumer receives 10,000 images in ascending order
   * @throws io.centroid.error.JobException when the content is not a batch
   * @throws IOException when reading fails
   */
  public static void read(
      Batch batch, String file, long bytes, InputStream in, ImageConsumer consumer)
      throws IOException {
    InputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
    buffered.mark(1);
    int first = buffered.read();
    buffered.reset();
    if (first == PickledBatch.FIRST_BYTE) {
      PickledBatch.read(batch, file, buffered, consumer);
    } else {
      BinaryBatch.read(batch, file, bytes, buffered, consumer);
    }
  }
}

package io.centroid.cifar;

import io.centroid.data.FileKind;
import io.centroid.data.ImageSource.ImageConsumer;
import io.centroid.error.JobException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a batch file of either version, told apart by what it begins with. */
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
   * @param consumer receives its images in ascending order
   * @throws JobException when the content is not a batch
   * @throws IOException when reading fails
   */
  public static void read(
      Batch batch, String file, long bytes, InputStream in, ImageConsumer consumer)
      throws IOException {
    InputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
    byte[] start = FileKind.peek(buffered);
    // A batch of the binary version begins with labels; its pixels may look like anything.
    boolean isBinary =
        bytes == batch.binaryBytes()
            && start.length > 0
            && start[0] >= 0
            && start[0] < batch.of().firstLabels();
    Optional<FileKind> kind = isBinary ? Optional.empty() : FileKind.of(start);
    if (kind.isEmpty()) {
      BinaryBatch.read(batch, file, bytes, buffered, consumer);
    } else if (kind.get() == FileKind.PICKLE) {
      PickledBatch.read(batch, file, buffered, consumer);
    } else {
      throw JobException.data(
          "Cannot read %s: found %s, expected a %s batch. %s."
              .formatted(
                  file, kind.get().found(), batch.of().dataSet().title(), kind.get().advice()));
    }
  }
}

package io.centroid.cifar10;

import static io.centroid.cifar10.Cifar10.BATCH_IMAGES;
import static io.centroid.cifar10.Cifar10.CLASSES;
import static io.centroid.cifar10.Cifar10.FEATURES;

import io.centroid.data.ImageSource.ImageConsumer;
import io.centroid.data.LabeledImage;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A batch file of the binary version: 10,000 records of a label byte and 3,072 pixel bytes, the red
 * plane before the green and the blue one, each row by row.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">"Binary version"</a>
 */
final class BinaryBatch {
  private static final int RECORD_BYTES = 1 + FEATURES;

  /** The size of a batch file. */
  static final long FILE_BYTES = (long) BATCH_IMAGES * RECORD_BYTES;

  /** CIFAR-100 has two label bytes, coarse and fine. */
  private static final int CIFAR_100_RECORD_BYTES = 2 + FEATURES;

  private BinaryBatch() {}

  static void read(Batch batch, String file, long bytes, InputStream in, ImageConsumer consumer)
      throws IOException {
    if (bytes != FILE_BYTES) {
      throw wrongSize(file, bytes);
    }
    byte[] record = new byte[RECORD_BYTES];
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < BATCH_IMAGES; i++) {
      int found = in.readNBytes(record, 0, RECORD_BYTES);
      if (found < RECORD_BYTES) {
        throw wrongSize(file, offset(i) + found);
      }
      int label = Byte.toUnsignedInt(record[0]);
      if (label >= CLASSES) {
        throw JobException.data(
            ("Cannot read %s: found label %d in record %d at byte offset %d, expected 0 to 9."
                    + " Get a fresh copy of the file.")
                .formatted(file, label, i, offset(i)));
      }
      Pixels.interleave(record, 1, pixels);
      consumer.accept(new LabeledImage(batch.firstId() + i, label, pixels));
    }
    if (in.read() >= 0) {
      throw wrongSize(file, FILE_BYTES + 1 + in.transferTo(OutputStream.nullOutputStream()));
    }
  }

  private static long offset(int record) {
    return (long) record * RECORD_BYTES;
  }

  private static JobException wrongSize(String file, long bytes) {
    String found;
    if (bytes > 0 && bytes % CIFAR_100_RECORD_BYTES == 0) {
      found =
          "a CIFAR-100 file (%d records of %d bytes)"
              .formatted(bytes / CIFAR_100_RECORD_BYTES, CIFAR_100_RECORD_BYTES);
    } else if (bytes % RECORD_BYTES == 0) {
      found = "%d records (%d bytes)".formatted(bytes / RECORD_BYTES, bytes);
    } else {
      int record = (int) (bytes / RECORD_BYTES);
      found =
          "%d bytes, which end inside record %d at byte offset %d".formatted(bytes, record, bytes);
    }
    return JobException.data(
        ("Cannot read %s: found %s, expected a CIFAR-10 batch of %d records (%d bytes)."
                + " Get a fresh copy of the file.")
            .formatted(file, found, BATCH_IMAGES, FILE_BYTES));
  }
}

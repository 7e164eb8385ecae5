package io.centroid.cifar;

import static io.centroid.cifar.Cifar10.FEATURES;

import io.centroid.data.ImageSource.ImageConsumer;
import io.centroid.data.LabeledImage;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A batch file of the binary version: records of a label byte, of CIFAR-100 two, the coarse one and
 * the fine one, and 3,072 pixel bytes, the red plane before the green and the blue one, each row by
 * row.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">"Binary version"</a>
 */
final class BinaryBatch {
  private BinaryBatch() {}

  static void read(Batch batch, String file, long bytes, InputStream in, ImageConsumer consumer)
      throws IOException {
    if (bytes != batch.binaryBytes()) {
      throw wrongSize(batch, file, bytes);
    }
    Cifar of = batch.of();
    int classes = of.dataSet().classes();
    byte[] record = new byte[of.recordBytes()];
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < batch.images(); i++) {
      int found = in.readNBytes(record, 0, record.length);
      if (found < record.length) {
        throw wrongSize(batch, file, offset(batch, i) + found);
      }
      int label = Byte.toUnsignedInt(record[of.labelBytes() - 1]);
      if (label >= classes) {
        throw JobException.data(
            "Cannot read %s: found label %d in record %d at byte offset %d, expected 0 to %d. Get a fresh copy of the file."
                .formatted(file, label, i, offset(batch, i), classes - 1));
      }
      Pixels.interleave(record, of.labelBytes(), pixels);
      consumer.accept(new LabeledImage(batch.firstId() + i, label, pixels));
    }
    if (in.read() >= 0) {
      throw wrongSize(
          batch, file, batch.binaryBytes() + 1 + in.transferTo(OutputStream.nullOutputStream()));
    }
  }

  private static long offset(Batch batch, int record) {
    return (long) record * batch.of().recordBytes();
  }

  private static JobException wrongSize(Batch batch, String file, long bytes) {
    int recordBytes = batch.of().recordBytes();
    String found =
        bytes % recordBytes == 0
            ? "%d records (%d bytes)".formatted(bytes / recordBytes, bytes)
            : "%d bytes, which end inside record %d at byte offset %d"
                .formatted(bytes, bytes / recordBytes, bytes);
    for (Cifar other : Cifar.values()) {
      if (other != batch.of() && bytes > 0 && bytes % other.recordBytes() == 0) {
        found =
            "a %s file (%d records of %d bytes)"
                .formatted(
                    other.dataSet().title(), bytes / other.recordBytes(), other.recordBytes());
      }
    }
    return JobException.data(
        "Cannot read %s: found %s, expected a %s batch of %d records (%d bytes). Get a fresh copy of the file."
            .formatted(
                file, found, batch.of().dataSet().title(), batch.images(), batch.binaryBytes()));
  }
}

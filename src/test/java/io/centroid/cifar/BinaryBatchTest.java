package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.ImageSource;
import io.centroid.error.JobException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BinaryBatchTest {
  private static final String FILE = "/data/data_batch_2.bin";
  private static final int FILE_BYTES = 30_730_000;
  private static byte[] batch;

  @BeforeAll
  static void makeBatch() {
    batch = CifarFiles.binaryBatch(Batch.DATA_BATCH_2);
  }

  @Test
  void readsEveryImageOnceInOrder() throws IOException {
    AtomicInteger images = new AtomicInteger();
    byte[] expected = new byte[Cifar10.FEATURES];
    read(
        batch,
        FILE_BYTES,
        image -> {
          int id = 10_000 + images.getAndIncrement();
          SyntheticImages.fill(id, expected);
          assertThat(image.id()).isEqualTo(id);
          assertThat(image.label()).isEqualTo(SyntheticImages.label(id));
          assertThat(Arrays.equals(image.pixels(), expected)).isTrue();
        });
    assertThat(images).hasValue(10_000);
  }

  @Test
  void turnsPlanesIntoHeightWidthChannel() throws IOException {
    read(
        batch,
        FILE_BYTES,
        image -> {
          if (image.id() == 10_003) {
            // Row 2, column 5, green: the second plane of the record.
            assertThat(image.pixels()[(2 * 32 + 5) * 3 + 1])
                .isEqualTo(SyntheticImages.pixel(10_003, 2, 5, 1))
                .isEqualTo(batch[3 * 3073 + 1 + 1024 + 2 * 32 + 5]);
          }
        });
  }

  @Test
  void namesRecordAndOffsetOfALabelOutOfRange() {
    byte[] wrong = batch.clone();
    wrong[7 * 3073] = 10;
    assertThatThrownBy(() -> read(wrong, FILE_BYTES))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read /data/data_batch_2.bin: found label 10 in record 7 at byte offset 21511,"
                + " expected 0 to 9. Get a fresh copy of the file.");
  }

  @Test
  void readsLabelsAsUnsigned() {
    byte[] wrong = batch.clone();
    wrong[3073] = (byte) 255;
    assertThatThrownBy(() -> read(wrong, FILE_BYTES)).hasMessageContaining("found label 255");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0           | 0 records (0 bytes)",
        "30726927    | 9999 records (30726927 bytes)",
        "30733073    | 10001 records (30733073 bytes)",
        "30729999    | 30729999 bytes, which end inside record 9999 at byte offset 30729999",
        "30730001    | 30730001 bytes, which end inside record 10000 at byte offset 30730001",
        "30740000    | a CIFAR-100 file (10000 records of 3074 bytes)",
        "153700000   | a CIFAR-100 file (50000 records of 3074 bytes)"
      })
  void refusesAnyOtherSize(long bytes, String found) {
    assertThatThrownBy(() -> read(batch, bytes))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read /data/data_batch_2.bin: found "
                + found
                + ", expected a CIFAR-10 batch of 10000 records (30730000 bytes). Get a fresh copy"
                + " of the file.");
  }

  @Test
  void noticesContentThatEndsBeforeItsSize() {
    assertThatThrownBy(() -> read(Arrays.copyOf(batch, 5 * 3073 + 100), FILE_BYTES))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found 15465 bytes, which end inside record 5 at byte offset 15465");
  }

  @Test
  void noticesContentThatGoesOnPastItsSize() {
    assertThatThrownBy(() -> read(Arrays.copyOf(batch, FILE_BYTES + 3), FILE_BYTES))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found 30730003 bytes, which end inside record 10000");
  }

  private static void read(byte[] content, long bytes) throws IOException {
    read(content, bytes, image -> {});
  }

  private static void read(byte[] content, long bytes, ImageSource.ImageConsumer consumer)
      throws IOException {
    BatchReader.read(Batch.DATA_BATCH_2, FILE, bytes, new ByteArrayInputStream(content), consumer);
  }
}

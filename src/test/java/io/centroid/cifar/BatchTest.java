package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BatchTest {
  @Test
  void isNamedWithAndWithoutTheBinaryVersionsEnding() {
    assertThat(Batch.named(Cifar.CIFAR_10, "data_batch_3")).contains(Batch.DATA_BATCH_3);
    assertThat(Batch.named(Cifar.CIFAR_10, "data_batch_3.bin")).contains(Batch.DATA_BATCH_3);
    assertThat(Batch.named(Cifar.CIFAR_10, "test_batch.bin")).contains(Batch.TEST_BATCH);
  }

  @Test
  void isNotNamedByAnythingElse() {
    assertThat(Batch.named(Cifar.CIFAR_10, "data_batch_6")).isEmpty();
    assertThat(Batch.named(Cifar.CIFAR_10, "data_batch_1.txt")).isEmpty();
    assertThat(Batch.named(Cifar.CIFAR_10, "._data_batch_1")).isEmpty();
    assertThat(Batch.named(Cifar.CIFAR_10, "batches.meta")).isEmpty();
  }

  @Test
  void idsFollowTheOfficialOrder() {
    assertThat(Cifar.CIFAR_10.batches())
        .extracting(Batch::firstId)
        .containsExactly(0, 10_000, 20_000, 30_000, 40_000, 50_000);
    assertThat(Cifar.CIFAR_100.batches()).extracting(Batch::firstId).containsExactly(0, 50_000);
  }
}

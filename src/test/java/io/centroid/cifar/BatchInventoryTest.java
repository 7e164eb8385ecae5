package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import org.junit.jupiter.api.Test;

final class BatchInventoryTest {
  private final BatchInventory inventory = new BatchInventory(Cifar.CIFAR_10, "/data/cifar");

  @Test
  void acceptsAllSixBatchesAmongOtherFiles() {
    inventory.add("folder/readme.html");
    for (Batch batch : Cifar.CIFAR_10.batches()) {
      assertThat(inventory.add("folder/" + batch.fileName() + ".bin")).contains(batch);
    }
    assertThatCode(inventory::requireComplete).doesNotThrowAnyException();
  }

  @Test
  void namesEveryMissingBatch() {
    for (Batch batch : Cifar.CIFAR_10.batches()) {
      if (batch != Batch.DATA_BATCH_2 && batch != Batch.TEST_BATCH) {
        inventory.add(batch.fileName());
      }
    }
    assertThatThrownBy(inventory::requireComplete)
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessage(
            "Cannot read /data/cifar: found no data_batch_2, test_batch, expected data_batch_1 to"
                + " data_batch_5 and test_batch. Get a complete copy of CIFAR-10.");
  }

  @Test
  void refusesABatchThatComesTwice() {
    inventory.add("a/data_batch_1");
    assertThatThrownBy(() -> inventory.add("b/data_batch_1.bin"))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read /data/cifar: found data_batch_1 twice, in a/data_batch_1 and"
                + " b/data_batch_1.bin, expected each batch once. Keep one of them.");
  }

  @Test
  void batchesOfTheOtherDataSetDoNotCount() {
    BatchInventory other = new BatchInventory(Cifar.CIFAR_100, "/data/cifar");
    assertThat(inventory.add("cifar-100-python/train")).isEmpty();
    assertThat(inventory.holdsBatches()).isFalse();
    assertThat(other.add("cifar-100-python/train")).contains(Batch.TRAIN);
    assertThatThrownBy(other::requireComplete)
        .hasMessage(
            "Cannot read /data/cifar: found no test, expected train and test. Get a complete copy of CIFAR-100.");
    assertThat(other.add("cifar-100-python/test")).contains(Batch.TEST);
    assertThat(other.isComplete()).isTrue();
  }
}

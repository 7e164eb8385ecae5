package io.centroid.cifar10;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import org.junit.jupiter.api.Test;

final class BatchInventoryTest {
  private final BatchInventory inventory = new BatchInventory("/data/cifar");

  @Test
  void acceptsAllSixBatchesAmongOtherFiles() {
    inventory.add("folder/readme.html");
    for (Batch batch : Batch.values()) {
      assertThat(inventory.add("folder/" + batch.fileName() + ".bin")).contains(batch);
    }
    assertThatCode(inventory::requireComplete).doesNotThrowAnyException();
  }

  @Test
  void namesEveryMissingBatch() {
    for (Batch batch : Batch.values()) {
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
  void recognisesTheFilesOfCifar100() {
    assertThat(inventory.cifar100File()).isEmpty();
    inventory.add("cifar-100-binary/coarse_label_names.txt");
    inventory.add("cifar-100-python/train");
    assertThat(inventory.holdsBatches()).isFalse();
    assertThat(inventory.cifar100File()).contains("cifar-100-binary/coarse_label_names.txt");
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.compute.LearningRateSchedule;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepMemory;
import io.centroid.compute.StepOptions;
import io.centroid.compute.StepRecipe;
import io.centroid.config.AugmentationSettings;
import io.centroid.config.Settings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.model.DenseNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryCheckTest {
  private static final long PARAMETERS = 30_722_460;
  private static final long MEGABYTE = 1 << 20;

  @Test
  void aStepTakesParametersMomentsAndActivations() {
    StepMemory memory = memory(LocalStep.FAST, "network.kind=channel-dense");
    long activations = 64L * (204_800 + 150 + 10) * Float.BYTES;
    long widest = 64L * 204_800 * Float.BYTES;
    long input = 64L * 3072 * (1 + Float.BYTES); // pixels, and as numbers
    long part = 320_000; // of the gradient
    assertThat(memory.parameters()).isEqualTo(PARAMETERS);
    assertThat(memory.stateBytes()).isEqualTo(3 * 4 * PARAMETERS);
    assertThat(memory.heapBytes()).isEqualTo(8 * PARAMETERS + activations + widest);
    assertThat(memory.nativeBytes())
        .isEqualTo(4 * PARAMETERS + part + input + activations + 2 * widest);
    assertThat(
            memory(LocalStep.FAST, "network.kind=channel-dense", "training.clip-norm=1")
                .nativeBytes())
        .isEqualTo(memory.nativeBytes() + 4 * PARAMETERS);
    assertThat(memory(LocalStep.FAST, "training.update-rule=sgd").stateBytes())
        .isEqualTo(4 * 646_260);
    assertThat(memory(LocalStep.GENERAL, "training.update-rule=nesterov").stateBytes())
        .isEqualTo(2 * 4 * 646_260);
  }

  @Test
  void whatDoesNotSufficeIsRefusedWithTheNumberThatDoes() {
    MemoryCheck check = check(2, 16);
    long needed = check.driverHeap();
    assertThat(needed).isBetween(5 * 351 * MEGABYTE, 2_000 * MEGABYTE);
    assertThatThrownBy(() -> check.requireDriver(needed, 2_048 * MEGABYTE))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot train: found 2,048 MB of driver memory, expected at least 2,560 MB for"
                + " 30,722,460 parameters, whose state is 351 MB, and 2 workers. Use"
                + " --driver-memory 2560m, or lower training.workers.")
        .extracting(failure -> ((JobException) failure).category())
        .isEqualTo(FailureCategory.RESOURCES);
    assertThatCode(() -> check.requireDriver(needed, 2_560 * MEGABYTE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> check.requireNative(2, 512 * MEGABYTE))
        .hasMessageContaining("found 512 MB of native memory, expected at least");
  }

  @Test
  void theDriverHoldsAsManyResultsAsTheFanIn() {
    assertThat(check(100, 16).driverHeap()).isEqualTo(check(16, 16).driverHeap());
    assertThat(check(16, 16).driverHeap()).isGreaterThan(check(15, 16).driverHeap());
  }

  private static MemoryCheck check(int workers, int fanIn) {
    return new MemoryCheck(
        memory(LocalStep.FAST, "network.kind=channel-dense"), workers, fanIn, 0, 0);
  }

  private static StepMemory memory(LocalStep step, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("training.minibatch-size=64");
    Settings settings = Settings.load(List.of(), all);
    StepOptions options =
        new StepOptions(LearningRateSchedule.CONSTANT, settings.training().update().clipNorm());
    return StepMemory.of(
        new StepRecipe(step, options, AugmentationSettings.NONE),
        DenseNetwork.configuration(settings.network(), settings.training()),
        settings.training().minibatchSize());
  }
}

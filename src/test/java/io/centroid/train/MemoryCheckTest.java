package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.Cifar10;
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
    long needed = check.driverHeap(true);
    assertThat(needed).isBetween(6 * 351 * MEGABYTE, 2_300 * MEGABYTE);
    assertThatThrownBy(() -> check.requireDriver(needed, 2_048 * MEGABYTE))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot train: found 2,048 MB of driver memory, expected at least 3,072 MB for"
                + " 30,722,460 parameters, whose state is 351 MB, and 2 workers. Use"
                + " --driver-memory 3072m, or lower training.workers.")
        .extracting(failure -> ((JobException) failure).category())
        .isEqualTo(FailureCategory.RESOURCES);
    assertThatCode(() -> check.requireDriver(needed, 3_072 * MEGABYTE)).doesNotThrowAnyException();
    assertThatThrownBy(
            () -> check.requireNative(600 * MEGABYTE, 512 * MEGABYTE, 2, "--executor-memory"))
        .hasMessage(
            "Cannot train: found 512 MB of native memory, expected at least 600 MB for 2 workers at"
                + " once. Use a larger --executor-memory, which limits it, or lower"
                + " training.minibatch-size.");
  }

  @Test
  void noPlaceHoldsMoreResultsThanItAddsUpAtOnce() {
    long state = 12 * PARAMETERS;
    assertThat(check(2, 16).driverHeap(false))
        .isEqualTo(check(2, 16).driverHeap(true) + state); // what executors fetch
    assertThat(check(4, 16).driverHeap(false) - check(3, 16).driverHeap(false)).isEqualTo(state);
    assertThat(check(16, 16).driverHeap(false)).isEqualTo(check(6, 16).driverHeap(false));
    assertThat(check(1000, 16).driverHeap(false)).isEqualTo(check(49, 16).driverHeap(false));
    assertThat(check(1000, 16).executorHeap(2, 0)).isEqualTo(check(257, 16).executorHeap(2, 0));
    assertThat(check(16, 16).driverHeap(true)).isEqualTo(check(15, 16).driverHeap(true) + state);
  }

  /** Few results are blocks that Spark keeps in memory; what a tree adds up is on disk. */
  @Test
  void fewResultsCountAsBlocksOfAnExecutor() {
    long state = 12 * PARAMETERS;
    assertThat(check(16, 16).resultBlocks(2)).isEqualTo(8 * state);
    assertThat(check(3, 16).resultBlocks(2)).isEqualTo(2 * state);
    assertThat(check(17, 16).resultBlocks(2)).isZero();
  }

  @Test
  void aStateThatIsMoreThanOneBlockIsRefusedWithTheNumber() {
    StepMemory large = memory(LocalStep.FAST, "network.hidden-widths=[60000, 10]");
    assertThat(large.stateBytes()).isGreaterThan(2L * 1024 * MEGABYTE);
    assertThatThrownBy(() -> new MemoryCheck(large, 2, 16, 0, 0).requireBlocks())
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot train 184,980,120 parameters with 2 workers: found 2,116 MB in one piece,"
                + " expected at most 2,047 MB. Use a smaller network.")
        .extracting(failure -> ((JobException) failure).category())
        .isEqualTo(FailureCategory.SETTINGS);
    StepMemory half = memory(LocalStep.FAST, "network.hidden-widths=[32000, 10]");
    assertThatCode(() -> new MemoryCheck(half, 16, 16, 0, 0).requireBlocks())
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new MemoryCheck(half, 17, 16, 0, 0).requireBlocks())
        .hasMessageEndingWith("Use a smaller network, or at most averaging.fan-in = 16 workers.");
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
        DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET),
        settings.training().minibatchSize());
  }
}

package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.compute.DenseParameters.Part;
import io.centroid.config.Settings;
import io.centroid.model.DenseNetwork;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DenseParametersTest {
  private static final int CACHE_BYTES = 1 << 19;

  /** Every value is its own place among all of them. */
  @ParameterizedTest
  @ValueSource(strings = {"flatten-dense", "channel-dense"})
  void whatIsPutComesBack(String kind) {
    DenseStack stack = stack(kind);
    float[] all = new float[stack.parameters()];
    for (int i = 0; i < all.length; i++) {
      all[i] = Float.intBitsToFloat(i);
    }
    try (DenseParameters parameters = new DenseParameters(stack)) {
      parameters.put(all);
      assertThat(parameters.get()).isEqualTo(all);
      assertThat(parameters.parts()).allMatch(part -> part.count() * Float.BYTES <= CACHE_BYTES);
    }
  }

  @Test
  void aPartOfTheWeightsIsSomeInputsToAllUnits() {
    DenseStack stack = stack("flatten-dense");
    float[] all = new float[stack.parameters()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    try (DenseParameters parameters = new DenseParameters(stack)) {
      parameters.put(all);
      List<Part> weights = parameters.weights(0);
      assertThat(weights).hasSize(8).allMatch(part -> part.rows() == 384);
      Part third = weights.get(2);
      FloatPointer pointer = parameters.pointer(third);
      assertThat(pointer.get(0)).isEqualTo(2 * 384);
      assertThat(pointer.get(5 * 384 + 7)).isEqualTo(5 * 3072 + 2 * 384 + 7);
      assertThat(parameters.biases(0).first()).isEqualTo(3072 * 200);
      assertThat(parameters.pointer(parameters.biases(0)).get(3)).isEqualTo(3072 * 200 + 3);
    }
  }

  private static DenseStack stack(String kind) {
    Settings settings = Settings.load(List.of(), List.of("network.kind=" + kind));
    return DenseStack.of(
            DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET))
        .orElseThrow();
  }
}

package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.Cifar10;
import io.centroid.config.ActivationKind;
import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.Settings;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkSummaryTest {
  private static final Settings DEFAULTS = Settings.defaults();

  /** Tables that Keras printed. */
  @ParameterizedTest
  @CsvSource({"flatten-dense, 646260", "channel-dense, 30722460"})
  void printsTheTablesOfBothNetworksToTheCharacter(String kind, long parameters)
      throws IOException {
    Settings settings = Settings.load(List.of(), List.of("network.kind=" + kind));
    try (InputStream expected = getClass().getResourceAsStream(kind + "-summary.txt")) {
      assertThat(summary(settings.network()).render())
          .isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertThat(summary(settings.network()).parameters()).isEqualTo(parameters);
  }

  @Test
  void countsTheParametersThatAreTrained() {
    NetworkSettings settings = settings(List.of(7), 0);
    assertThat(summary(settings).parameters())
        .isEqualTo(3072 * 7 + 7 + 7 * 10 + 10)
        .isEqualTo(
            Networks.initialized(
                    DenseNetwork.configuration(settings, DEFAULTS.training(), Cifar10.DATA_SET))
                .numParams());
  }

  @Test
  void cutsFieldsThatAreTooLongLikeKeras() {
    NetworkSettings settings = settings(List.of(100_000), 0);
    assertThat(summary(settings).render().lines())
        .contains("dense_1 (Dense)              (None, 100000)            307300000 ");
  }

  @Test
  void listsDropoutAfterTheLayersItActsOn() {
    NetworkSettings settings = settings(List.of(7, 5), 0.5);
    assertThat(summary(settings).render().lines().filter(line -> line.contains("None")))
        .map(line -> line.substring(0, 29).strip())
        .containsExactly(
            "input_1 (InputLayer)",
            "flatten_1 (Flatten)",
            "dense_1 (Dense)",
            "dropout_1 (Dropout)",
            "dense_2 (Dense)",
            "dropout_2 (Dropout)",
            "dense_3 (Dense)");
  }

  @Test
  void modelAndLayersMayHaveOtherNames() {
    List<String> names = List.of("input_2", "flatten_4", "dense_10", "dense_11");
    NetworkSettings plain = settings(List.of(7), 0);
    NetworkSettings named =
        new NetworkSettings(
            plain.kind(), plain.hiddenWidths(), plain.activations(), 0.01, 0, "model_7", names);
    assertThat(summary(named).render().lines())
        .startsWith("Model: \"model_7\"")
        .contains("flatten_4 (Flatten)          (None, 3072)              0         ");
    NetworkSettings tooFew =
        new NetworkSettings(
            plain.kind(),
            plain.hiddenWidths(),
            plain.activations(),
            0.01,
            0,
            "model_7",
            names.subList(0, 2));
    assertThatThrownBy(() -> summary(tooFew))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found network.layer-names with 2 names, expected none or 4");
  }

  private static NetworkSettings settings(List<Integer> hiddenWidths, double dropout) {
    return new NetworkSettings(
        NetworkKind.FLATTEN_DENSE,
        hiddenWidths,
        List.of(ActivationKind.RELU),
        NetworkSettings.DEFAULT_ALPHA,
        dropout,
        "model_1",
        List.of());
  }

  private static NetworkSummary summary(NetworkSettings settings) {
    return NetworkSummary.of(
        settings,
        DenseNetwork.configuration(settings, DEFAULTS.training(), Cifar10.DATA_SET),
        Cifar10.DATA_SET);
  }
}

package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetworkSummaryTest {
  private static final Settings DEFAULTS = Settings.defaults();

  @Test
  void printsTheTableOfTheDefaultNetworkToTheCharacter() throws IOException {
    try (InputStream expected = getClass().getResourceAsStream("flatten-dense-summary.txt")) {
      assertThat(summary(DEFAULTS.network()).render())
          .isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void countsTheParametersThatAreTrained() {
    NetworkSettings settings = new NetworkSettings(NetworkKind.FLATTEN_DENSE, List.of(7), 0);
    assertThat(summary(settings).parameters())
        .isEqualTo(3072 * 7 + 7 + 7 * 10 + 10)
        .isEqualTo(
            Networks.initialized(DenseNetwork.configuration(settings, DEFAULTS.training()))
                .numParams());
  }

  @Test
  void cutsFieldsThatAreTooLongLikeKeras() {
    NetworkSettings settings = new NetworkSettings(NetworkKind.FLATTEN_DENSE, List.of(100_000), 0);
    assertThat(summary(settings).render().lines())
        .contains("dense_1 (Dense)              (None, 100000)            307300000 ");
  }

  @Test
  void listsDropoutAfterTheLayersItActsOn() {
    NetworkSettings settings = new NetworkSettings(NetworkKind.FLATTEN_DENSE, List.of(7, 5), 0.5);
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

  private static NetworkSummary summary(NetworkSettings settings) {
    return NetworkSummary.of(settings, DenseNetwork.configuration(settings, DEFAULTS.training()));
  }
}

package io.centroid.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RoundAdviceTest {
  private static final AveragingSettings PLAIN = AveragingSettings.every(25);

  @Test
  void nothingIsSaidWhereNothingIsWrong() {
    assertThat(RoundAdvice.of(time(5, 5), PLAIN, 3)).isEmpty();
  }

  /** 25 minibatches take 1 s, what is around them 3: of 300 minibatches they would be a fifth. */
  @Test
  void roundsAreMadeAsLongAsTheirSurroundingsAskFor() {
    List<String> advice = RoundAdvice.of(time(1, 3), PLAIN, 2);
    assertThat(advice).hasSize(1);
    assertThat(advice.get(0)).contains("averaging.frequency = 300 it would be a fifth");
    assertThat(advice.get(0).lines()).allMatch(line -> line.length() <= 80);
    assertThat(RoundAdvice.of(time(1, 1.001), AveragingSettings.every(100), 2).get(0))
        .contains("averaging.frequency = 410 ");
  }

  /** Rounds of one minibatch would be taken for ones of 25. */
  @Test
  void roundsOfTwoLengthsTellNothingOfTheFrequency() {
    AveragingSettings warmedUp =
        new AveragingSettings(25, EngineKind.CENTROID, 1, OuterSettings.PLAIN, 0, 16);
    assertThat(RoundAdvice.of(time(1, 3), warmedUp, 2)).isEmpty();
  }

  @Test
  void manyWorkersAreToldOfTheOuterStepUnlessTheyHaveOne() {
    assertThat(RoundAdvice.of(time(9, 1), PLAIN, 4))
        .containsExactly(
            "4 workers that average every 25 minibatches lose accuracy, less with\naveraging.outer-momentum = 0.9, averaging.outer-nesterov = true and\naveraging.outer-learning-rate = 0.7.");
    assertThat(RoundAdvice.of(time(9, 1), AveragingSettings.every(24), 4)).isEmpty();
    assertThat(
            RoundAdvice.of(
                time(9, 1),
                new AveragingSettings(
                    25, EngineKind.CENTROID, 0, OuterSettings.momentum(0.5), 0, 16),
                16))
        .isEmpty();
  }

  private static TimeBreakdown time(double compute, double up) {
    return new TimeBreakdown(1, Map.of("compute", compute, "up", up));
  }
}

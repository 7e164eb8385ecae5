package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.compute.TrainingState;
import org.junit.jupiter.api.Test;

final class ExponentialAverageTest {
  @Test
  void withoutDecayItIsTheStateItself() {
    TrainingState state = state(3);
    ExponentialAverage average = new ExponentialAverage(0);
    average.add(state);
    assertThat(average.of(state)).isSameAs(state);
  }

  @Test
  void forgetsTheFirstStatesSoonAndThenDecaysAsAsked() {
    ExponentialAverage average = new ExponentialAverage(0.5);
    double expected = 1;
    for (int round = 0; round < 40; round++) {
      float theta = round % 7;
      if (round == 0) {
        expected = theta;
      }
      double kept = Math.min(0.5, (1.0 + round) / (10 + round));
      expected = kept * expected + (1 - kept) * theta;
      average.add(state(theta));
      assertThat((double) average.of(state(theta)).parameters()[0])
          .isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void handsOutCopies() {
    ExponentialAverage average = new ExponentialAverage(0.9);
    average.add(state(1));
    TrainingState before = average.of(state(1));
    average.add(state(2));
    assertThat(before.parameters()).containsExactly(1f);
  }

  private static TrainingState state(float parameter) {
    return new TrainingState(new float[] {parameter}, new float[][] {{7}}, 4);
  }
}

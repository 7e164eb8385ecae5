package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class MovingAverageTest {
  @Test
  void forgetsTheFirstParametersSoonAndThenDecaysAsAsked() {
    float[] average = new float[0];
    double expected = 0;
    for (int round = 0; round < 40; round++) {
      float theta = round % 7;
      double kept = round == 0 ? 0 : Math.min(0.5, (1.0 + round) / (10 + round));
      expected = kept * expected + (1 - kept) * theta;
      average = MovingAverage.plus(0.5, average, round, new float[] {theta});
      assertThat((double) average[0]).isCloseTo(expected, within(1e-5));
    }
  }
}

package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.compute.TrainingState;
import org.junit.jupiter.api.Test;

final class OuterStepTest {
  @Test
  void theMovingAverageForgetsTheFirstParametersSoonAndThenDecaysAsAsked() {
    OuterStep step = new OuterStep(0, 0.5);
    AveragingState state = AveragingState.of(state(9));
    double expected = 0;
    for (int round = 0; round < 40; round++) {
      float theta = round % 7;
      double kept = round == 0 ? 0 : Math.min(0.5, (1.0 + round) / (10 + round));
      expected = kept * expected + (1 - kept) * theta;
      state = step.next(state, state(theta));
      assertThat((double) state.movingAverage()[0]).isCloseTo(expected, within(1e-5));
      assertThat(state.training().parameters()).containsExactly(theta);
      assertThat(state.averagedRounds()).isEqualTo(round + 1);
    }
  }

  @Test
  void momentumCarriesTheLastMoveOn() {
    OuterStep step = new OuterStep(0.5, 0);
    AveragingState first = step.next(AveragingState.of(state(1)), state(3));
    assertThat(first.training().parameters()).containsExactly(3f);
    AveragingState next = step.next(first, state(4));
    assertThat(next.training().parameters()).containsExactly(3f + (0.5f * 2f + (4f - 3f)));
    assertThat(first.velocity()).containsExactly(2f);
  }

  private static TrainingState state(float parameter) {
    return new TrainingState(new float[] {parameter}, new float[0][], 0);
  }
}

package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.compute.TrainingState;
import io.centroid.config.OuterSettings;
import org.junit.jupiter.api.Test;

final class OuterStepTest {
  @Test
  void theMovingAverageForgetsTheFirstParametersSoonAndThenDecaysAsAsked() {
    OuterStep step = new OuterStep(OuterSettings.PLAIN, 0.5);
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
    OuterStep step = new OuterStep(OuterSettings.momentum(0.5), 0);
    AveragingState first = step.next(AveragingState.of(state(1)), state(3));
    assertThat(first.training().parameters()).containsExactly(3f);
    AveragingState next = step.next(first, state(4));
    assertThat(next.training().parameters()).containsExactly(3f + (0.5f * 2f + (4f - 3f)));
    assertThat(first.velocity()).containsExactly(2f);
  }

  @Test
  void nesterovsMomentumLooksAheadAndTheStepGoesAsFarAsAsked() {
    OuterStep step = new OuterStep(new OuterSettings(0.5, true, 0.25), 0);
    AveragingState first = step.next(AveragingState.of(state(1)), state(3));
    assertThat(first.velocity()).containsExactly(2f);
    assertThat(first.training().parameters()).containsExactly(1f + 0.25f * (0.5f * 2f + 2f));
    AveragingState next = step.next(first, state(2.75f)); // a move of 1
    assertThat(next.velocity()).containsExactly(0.5f * 2f + 1f);
    assertThat(next.training().parameters()).containsExactly(1.75f + 0.25f * (0.5f * 2f + 1f));
  }

  @Test
  void withoutMomentumTheStepGoesAPartOfTheWay() {
    OuterStep step = new OuterStep(new OuterSettings(0, false, 0.25), 0);
    AveragingState state = step.next(AveragingState.of(state(1)), state(3));
    assertThat(state.training().parameters()).containsExactly(1.5f);
    assertThat(state.velocity()).isEmpty();
  }

  private static TrainingState state(float parameter) {
    return new TrainingState(new float[] {parameter}, new float[0][], 0);
  }
}

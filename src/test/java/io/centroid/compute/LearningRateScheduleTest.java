package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.config.ScheduleKind;
import io.centroid.config.ScheduleSettings;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class LearningRateScheduleTest {
  private static final Offset<Double> EXACT = within(1e-12);

  @Test
  void constantIsOneThroughout() {
    assertThat(LearningRateSchedule.CONSTANT.factor(0)).isEqualTo(1);
    assertThat(LearningRateSchedule.CONSTANT.factor(1_000_000)).isEqualTo(1);
    assertThat(LearningRateSchedule.CONSTANT.isConstant()).isTrue();
  }

  @Test
  void warmUpRisesLinearlyToWhereTheScheduleStarts() {
    LearningRateSchedule schedule = of(ScheduleKind.CONSTANT, 0.5, 10, 4);
    assertThat(schedule.isConstant()).isFalse();
    assertThat(schedule.factor(0)).isEqualTo(0.2, EXACT);
    assertThat(schedule.factor(3)).isEqualTo(0.8, EXACT);
    assertThat(schedule.factor(4)).isEqualTo(1, EXACT);
    assertThat(schedule.factor(5)).isEqualTo(1, EXACT);
  }

  @Test
  void stepFallsAtItsEpochs() {
    LearningRateSchedule schedule = of(ScheduleKind.STEP, 0, 10, 9);
    assertThat(schedule.factor(29)).isEqualTo(1, EXACT);
    assertThat(schedule.factor(30)).isEqualTo(0.1, EXACT);
    assertThat(schedule.factor(59)).isEqualTo(0.1, EXACT);
    assertThat(schedule.factor(60)).isEqualTo(0.01, EXACT);
  }

  @Test
  void cosineFallsFromTheEndOfTheWarmUpToZeroAtTheEnd() {
    LearningRateSchedule schedule = of(ScheduleKind.COSINE, 1, 10, 5);
    assertThat(schedule.factor(10)).isEqualTo(1, EXACT);
    assertThat(schedule.factor(20)).isEqualTo((1 + Math.cos(Math.PI / 4)) / 2, EXACT);
    assertThat(schedule.factor(30)).isEqualTo(0.5, EXACT);
    assertThat(schedule.factor(50)).isEqualTo(0, EXACT);
    assertThat(schedule.factor(51)).as("a step beyond the plan").isEqualTo(0, EXACT);
  }

  /** The values PyTorch's OneCycleLR has at the same places of its cycle. */
  @Test
  void oneCycleRisesForThirtyPercentAndFalls() {
    LearningRateSchedule schedule = of(ScheduleKind.ONE_CYCLE, 0, 10, 10);
    assertThat(schedule.factor(0)).isEqualTo(0.04, EXACT);
    assertThat(schedule.factor(15)).isEqualTo(0.52, EXACT);
    assertThat(schedule.factor(30)).isEqualTo(1, EXACT);
    assertThat(schedule.factor(65)).isEqualTo((1 + 0.04 / 10_000) / 2, EXACT);
    assertThat(schedule.factor(100)).isEqualTo(0.04 / 10_000, EXACT);
  }

  private static LearningRateSchedule of(
      ScheduleKind kind, double warmUpEpochs, int stepsPerEpoch, int epochs) {
    return LearningRateSchedule.of(
        new ScheduleSettings(kind, warmUpEpochs, 3, 0.1), stepsPerEpoch, epochs);
  }
}

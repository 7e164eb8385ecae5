package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.deal.EpochOrder;
import io.centroid.deal.ExampleOrder;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Assignment, order and coverage for arbitrary N, W, b, F. */
final class RoundPlanTest {

  @Property
  void usesEveryExampleExactlyOncePerEpoch(
      @ForAll @IntRange(min = 1, max = 3000) int examples,
      @ForAll @IntRange(min = 1, max = 40) int workers,
      @ForAll @IntRange(min = 1, max = 100) int minibatchSize,
      @ForAll @IntRange(min = 1, max = 50) int averagingFrequency,
      @ForAll @IntRange(min = 1, max = 5) int epoch,
      @ForAll @IntRange(min = 1, max = 70) int blockSize,
      @ForAll long seed) {
    ExampleOrder assignment = new ExampleOrder(examples, workers, seed);
    Map<Integer, Map<Integer, Long>> shares = new HashMap<>();
    for (long rank = 0; rank < examples; rank++) {
      int place = assignment.place(rank);
      shares.computeIfAbsent(place % workers, w -> new HashMap<>()).put(place / workers, rank);
    }

    RoundPlan plan = new RoundPlan(examples, workers, minibatchSize, averagingFrequency, seed);
    Map<Long, Integer> used = new HashMap<>();
    long steps = 0;
    for (int round = 0; round < plan.rounds(); round++) {
      assertThat(plan.examplesOf(round)).isPositive();
      for (int worker = 0; worker < workers; worker++) {
        EpochOrder order = new EpochOrder(seed, epoch, worker, plan.shareSize(worker), blockSize);
        int from = plan.from(worker, round);
        int to = plan.from(worker, round + 1);
        assertThat(to - from).isBetween(0, minibatchSize * averagingFrequency);
        for (int at = from; at < to; at++) {
          used.merge(shares.get(worker).get(order.at(at)), 1, Integer::sum);
        }
      }
      steps += plan.steps(round);
    }
    assertThat(used).hasSize(examples).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
    long expectedSteps = 0;
    for (int worker = 0; worker < workers; worker++) {
      expectedSteps += (plan.shareSize(worker) + minibatchSize - 1) / minibatchSize;
    }
    assertThat(steps).isEqualTo(expectedSteps);
  }
}

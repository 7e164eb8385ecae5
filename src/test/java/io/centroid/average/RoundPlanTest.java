package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.deal.ExampleOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
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
      @ForAll long seed) {
    long[] ids = LongStream.range(0, examples).map(i -> 3 * i + 11).toArray();
    long[] keys = ExampleOrder.sortedKeys(seed, ids);
    Map<Integer, Map<Integer, Long>> shares = new HashMap<>();
    for (long id : ids) {
      int place = ExampleOrder.place(seed, id, keys);
      shares.computeIfAbsent(place % workers, w -> new HashMap<>()).put(place / workers, id);
    }

    RoundPlan plan = new RoundPlan(examples, workers, minibatchSize, averagingFrequency, seed);
    Map<Long, Integer> used = new HashMap<>();
    long steps = 0;
    for (int round = 0; round < plan.rounds(); round++) {
      assertThat(plan.examplesOf(round)).isPositive();
      for (int worker = 0; worker < workers; worker++) {
        int[] order = ExampleOrder.epochOrder(seed, epoch, worker, plan.shareSize(worker));
        int from = plan.from(worker, round);
        int to = plan.from(worker, round + 1);
        assertThat(to - from).isBetween(0, minibatchSize * averagingFrequency);
        for (int at = from; at < to; at++) {
          used.merge(shares.get(worker).get(order[at]), 1, Integer::sum);
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

  @Property
  void sharesDifferByAtMostOneExample(
      @ForAll @IntRange(min = 0, max = 100_000) int examples,
      @ForAll @IntRange(min = 1, max = 300) int workers) {
    int sum = 0;
    for (int worker = 0; worker < workers; worker++) {
      int size = ExampleOrder.shareSize(examples, workers, worker);
      assertThat(size).isBetween(examples / workers, examples / workers + 1);
      sum += size;
    }
    assertThat(sum).isEqualTo(examples);
  }

  @Property
  void assignmentDoesNotDependOnTheOrderOfTheIds(
      @ForAll @IntRange(min = 1, max = 500) int examples, @ForAll long seed) {
    long[] ids = LongStream.range(0, examples).toArray();
    long[] reversed = LongStream.range(0, examples).map(i -> examples - 1 - i).toArray();
    assertThat(ExampleOrder.sortedKeys(seed, ids))
        .isEqualTo(ExampleOrder.sortedKeys(seed, reversed));
  }

  @Example
  void ordersDifferBetweenEpochsWorkersAndSeeds() {
    int[] order = ExampleOrder.epochOrder(1, 1, 0, 100);
    assertThat(order).isNotEqualTo(ExampleOrder.epochOrder(1, 2, 0, 100));
    assertThat(order).isNotEqualTo(ExampleOrder.epochOrder(1, 1, 1, 100));
    assertThat(order).isNotEqualTo(ExampleOrder.epochOrder(2, 1, 0, 100));
    assertThat(order).isEqualTo(ExampleOrder.epochOrder(1, 1, 0, 100));
    assertThat(Arrays.stream(order).boxed().toList())
        .isNotEqualTo(Arrays.stream(order).sorted().boxed().toList());
  }

  @Example
  void refusesAnIdThatOccursTwice() {
    assertThatThrownBy(() -> ExampleOrder.sortedKeys(1, new long[] {4, 9, 4}))
        .hasMessage(
            "Cannot assign examples to workers: found an id that occurs twice, expected every id"
                + " once.");
  }

  @Example
  void refusesAnIdThatWasNotCounted() {
    long[] keys = ExampleOrder.sortedKeys(1, new long[] {4, 9});
    assertThatThrownBy(() -> ExampleOrder.place(1, 5, keys))
        .hasMessage("Cannot assign example 5: found an unknown id, expected one of those counted.");
  }
}

package io.centroid.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CoverageTest {
  private static final long[] IDS = {7, 0, 50_000, Long.MAX_VALUE, 8};

  @Test
  void doesNotDependOnOrderOrParts() {
    assertThat(
            Coverage.of(new long[] {8, 7})
                .plus(Coverage.of(new long[] {50_000, Long.MAX_VALUE, 0})))
        .isEqualTo(Coverage.of(IDS));
    assertThat(Coverage.of(new long[0])).isEqualTo(Coverage.NONE);
  }

  @Test
  void seesWhatACountDoesNot() {
    assertThat(Coverage.of(new long[] {7, 7, 50_000, Long.MAX_VALUE, 8})) // 7 for 0
        .isNotEqualTo(Coverage.of(IDS));
    assertThat(Coverage.of(new long[] {7, 0, 50_000, Long.MAX_VALUE, 9})) // 9 for 8
        .isNotEqualTo(Coverage.of(IDS));
    assertThat(Coverage.of(new long[] {8, 1, 50_000, Long.MAX_VALUE, 6})) // of equal plain sum
        .isNotEqualTo(Coverage.of(IDS));
  }

  @Test
  void aMinibatchHasThatOfItsExamples() {
    ExampleShape shape = new ExampleShape(new long[] {1}, new long[] {1}, new FloatCoding());
    Minibatch minibatch = new Minibatch(3, shape);
    assertThat(minibatch.coverage()).isEqualTo(Coverage.NONE);
    minibatch.add(5, new byte[4], 0, new float[1], 0);
    minibatch.add(9, new byte[4], 0, new float[1], 0);
    assertThat(minibatch.coverage()).isEqualTo(Coverage.of(new long[] {9, 5}));
    minibatch.clear();
    minibatch.add(1, new byte[4], 0, new float[1], 0);
    assertThat(minibatch.coverage()).isEqualTo(Coverage.of(new long[] {1}));
  }
}

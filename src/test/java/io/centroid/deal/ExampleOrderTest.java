package io.centroid.deal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Who gets which example, and when it is visited. */
final class ExampleOrderTest {

  @Property
  void aPermutationHasEveryNumberOnce(
      @ForAll @IntRange(min = 1, max = 3000) int size, @ForAll long key) {
    Permutation permutation = new Permutation(key, size);
    assertThat(LongStream.range(0, size).map(permutation::at).sorted())
        .containsExactly(LongStream.range(0, size).boxed().toArray(Long[]::new));
  }

  /** More numbers than an array of longs could be sorted of in a test: each is marked once. */
  @Example
  void aPermutationOfManyHasEveryNumberOnce() {
    int size = (1 << 22) + 1; // the worst case: nearly every second walk ends outside
    Permutation permutation = new Permutation(5, size);
    BitSet met = new BitSet(size);
    IntStream.range(0, size).forEach(i -> met.set((int) permutation.at(i)));
    assertThat(met.cardinality()).isEqualTo(size);
  }

  @Example
  void aPermutationTakesNumbersThatAreNoInts() {
    long size = 3_000_000_000_000L;
    Permutation permutation = new Permutation(5, size);
    assertThat(LongStream.range(size - 1000, size).map(permutation::at).distinct())
        .hasSize(1000)
        .allSatisfy(place -> assertThat(place).isBetween(0L, size - 1));
  }

  /** Pearson's test over 16 × 16 cells of where numbers go, at a level of one in ten thousand. */
  @Example
  void aPermutationLooksRandom() {
    int size = 64_000;
    for (long key = 0; key < 20; key++) {
      Permutation permutation = new Permutation(key, size);
      int[] cells = new int[256];
      for (int i = 0; i < size; i++) {
        cells[i * 16 / size * 16 + (int) (permutation.at(i) * 16 / size)]++;
      }
      double expected = size / 256.0;
      double statistic =
          IntStream.of(cells).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
      assertThat(statistic).isBetween(150.0, 313.0); // 225 degrees of freedom
    }
  }

  /** Neighbours go to places that have nothing to do with each other, whatever the key. */
  @Example
  void neighboursAreParted() {
    int size = 50_000;
    for (long key = 0; key < 20; key++) {
      Permutation permutation = new Permutation(key, size);
      double mean =
          IntStream.range(1, size)
              .mapToDouble(i -> Math.abs(permutation.at(i) - permutation.at(i - 1)))
              .average()
              .orElseThrow();
      assertThat(mean).isBetween(size / 3.0 * 0.98, size / 3.0 * 1.02);
    }
  }

  @Property
  void sharesDifferByAtMostOneExample(
      @ForAll @IntRange(min = 0, max = 100_000) int examples,
      @ForAll @IntRange(min = 1, max = 300) int workers) {
    ExampleOrder order = new ExampleOrder(examples, workers, 1);
    int sum = 0;
    for (int worker = 0; worker < workers; worker++) {
      int size = order.shareSize(worker);
      assertThat(size).isBetween(examples / workers, examples / workers + 1);
      sum += size;
    }
    assertThat(sum).isEqualTo(examples);
  }

  @Property
  void anEpochVisitsEveryExampleOnce(
      @ForAll @IntRange(min = 1, max = 5000) int size,
      @ForAll @IntRange(min = 1, max = 300) int blockSize,
      @ForAll long seed) {
    int[] visited = visited(new EpochOrder(seed, 3, 1, size, blockSize), size);
    assertThat(IntStream.of(visited).sorted().toArray())
        .isEqualTo(IntStream.range(0, size).toArray());
  }

  /** So that a round needs few of them. */
  @Example
  void anEpochGoesThroughAWindowOfBlocksAfterTheOther() {
    int blockSize = 300;
    int size = 60 * blockSize + 17;
    int[] visited = visited(new EpochOrder(1, 1, 0, size, blockSize), size);
    for (int from = 0; from + 2400 <= size; from += 600) {
      long blocks =
          IntStream.of(visited).skip(from).limit(800).map(i -> i / blockSize).distinct().count();
      assertThat(blocks).isBetween(8L, 17L);
    }
    assertThat(
            IntStream.of(visited).limit(2400).map(i -> i / blockSize).distinct().sorted().toArray())
        .isNotEqualTo(IntStream.range(0, 8).toArray());
  }

  @Example
  void ordersDifferBetweenEpochsWorkersAndSeeds() {
    int[] order = visited(new EpochOrder(1, 1, 0, 1000, 100), 1000);
    assertThat(order).isEqualTo(visited(new EpochOrder(1, 1, 0, 1000, 100), 1000));
    assertThat(order).isNotEqualTo(visited(new EpochOrder(1, 2, 0, 1000, 100), 1000));
    assertThat(order).isNotEqualTo(visited(new EpochOrder(1, 1, 1, 1000, 100), 1000));
    assertThat(order).isNotEqualTo(visited(new EpochOrder(2, 1, 0, 1000, 100), 1000));
    assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
  }

  private static int[] visited(EpochOrder order, int size) {
    return IntStream.range(0, size).map(order::at).toArray();
  }
}

package io.centroid.deal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import io.centroid.example.Minibatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples in their shares and blocks. */
final class WorkerSharesIT {
  private static final int SEED = 7;
  private static final AtomicInteger LOADED = new AtomicInteger();
  private static SparkSession session;
  private static JavaSparkContext context;

  @BeforeAll
  static void startSpark() {
    session = LocalSpark.open("local[2]");
    context = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  /** A thousand examples of more than 2 MB are no array any more. */
  @ParameterizedTest
  @CsvSource({
    "12, 30000, 1, 16384",
    "12, 30000, 2, 15000",
    "1100, 500, 1, 237",
    "500_000, 3, 1, 1",
    "3, 2, 2, 1"
  })
  void blocksAreOfAMegabyteHoweverManyFeaturesThereAre(
      String features, int examples, int workers, int inBlock) {
    int count = Integer.parseInt(features.replace("_", ""));
    try (WorkerShares shares = deal(examples(examples, count), examples, count, workers)) {
      List<List<Integer>> sizes = shares.shares().map(WorkerSharesIT::sizes).collect();
      assertThat(sizes).hasSize(workers);
      for (List<Integer> share : sizes) {
        assertThat(share.get(0)).isEqualTo(inBlock);
        assertThat(share.subList(0, share.size() - 1)).allMatch(size -> size == inBlock);
        assertThat(share.get(share.size() - 1)).isBetween(1, inBlock);
      }
      assertThat(sizes.stream().flatMap(List::stream).mapToInt(size -> size).sum())
          .isEqualTo(examples);
    }
  }

  /** What comes out of the blocks is what went in, in the order of assignment. */
  @Test
  void everyExampleIsInItsPlaceWithItsFeaturesAndLabels() {
    int examples = 5000;
    int features = 1000;
    ExampleOrder order = new ExampleOrder(examples, 3, SEED);
    try (WorkerShares shares = deal(examples(examples, features), examples, features, 3)) {
      List<List<Long>> inPlace = shares.shares().map(share -> contents(share, features)).collect();
      for (long rank = 0; rank < examples; rank++) {
        int place = order.place(rank);
        assertThat(inPlace.get(place % 3).get(place / 3)).isEqualTo(3 * rank + 11);
      }
    }
  }

  /** Rounds ask for positions of an epoch, and get each example once. */
  @Test
  void anEpochMeetsEveryExampleOnce() {
    try (WorkerShares shares = deal(examples(3001, 700), 3001, 700, 2)) {
      List<Coverage> met = shares.shares().map(share -> epoch(share, shape(700))).collect();
      assertThat(met.get(0).plus(met.get(1))).isEqualTo(shares.coverage());
      assertThat(met.get(0).examples()).isEqualTo(1501);
    }
  }

  /** However large the share: the rest may lie on disk. */
  @Test
  void aRoundLoadsTheBlocksOfAWindowAndNoOthers() {
    int features = 1000; // 260 examples in a block
    try (WorkerShares shares = deal(examples(10_000, features), 10_000, features, 1)) {
      LOADED.set(0);
      WorkerShares counted =
          shares.mapped(
              block -> {
                LOADED.incrementAndGet();
                return block;
              });
      int met = counted.shares().map(share -> firstRound(share, shape(features))).first();
      assertThat(met).isEqualTo(800);
      assertThat(LOADED).hasValue(8);
    }
  }

  @Test
  void examplesThatAreMissingTwiceThereOrOfNoRankAreRefused() {
    assertThatThrownBy(() -> deal(examples(99, 3), 100, 3, 2))
        .hasMessageContaining(
            "Cannot deal examples to workers: found 49 examples of a block, expected 50.");
    assertThatThrownBy(() -> deal(examples(100, 3), 99, 3, 2))
        .hasMessageContaining("Cannot deal example 308: found rank 99, expected one of 0 to 98.");
    JavaRDD<TrainingExample> twice =
        examples(100, 3).union(examples(50, 3).filter(example -> example.rank() == 7));
    assertThatThrownBy(() -> deal(twice, 100, 3, 2))
        .hasMessageContaining("found two for the place of example 32, expected one.");
    assertThatThrownBy(() -> deal(examples(100, 4), 100, 3, 2))
        .hasMessageContaining("found 4 features and 2 labels, expected 3 and 2.");
  }

  /** An example that came in place of another one is found by its id. */
  @Test
  void aForeignExampleIsNoticed() {
    JavaRDD<TrainingExample> foreign =
        examples(100, 3)
            .map(
                each ->
                    each.rank() == 4
                        ? new TrainingExample(4, 12, 1, each.features(), each.labels())
                        : each);
    assertThatThrownBy(() -> deal(foreign, 100, 3, 2))
        .hasMessage(
            "Cannot deal examples to workers: found 100 packed, some of them others, expected each of 100 once.");
  }

  private static WorkerShares deal(
      JavaRDD<TrainingExample> examples, int count, int features, int workers) {
    Coverage coverage =
        Coverage.of(LongStream.range(0, count).map(rank -> 3 * rank + 11).toArray());
    return WorkerShares.deal(examples, coverage, shape(features), workers, SEED);
  }

  private static ExampleShape shape(int features) {
    return new ExampleShape(new long[] {features}, new long[] {2});
  }

  private static JavaRDD<TrainingExample> examples(int count, int features) {
    return context
        .parallelize(LongStream.range(0, count).boxed().toList(), 3)
        .map(rank -> example(rank, features));
  }

  private static TrainingExample example(long rank, int features) {
    float[] values = new float[features];
    values[features - 1] = rank;
    return new TrainingExample(
        rank,
        3 * rank + 11,
        1 + rank / 4f,
        FeatureCoding.FLOATS.encode(values),
        new float[] {1, -rank});
  }

  private static List<Integer> sizes(WorkerShare share) {
    List<Integer> sizes = new ArrayList<>();
    share.blocks().forEachRemaining(block -> sizes.add(block.size()));
    return sizes;
  }

  /** The ids, each checked against the features and labels beside it. */
  private static List<Long> contents(WorkerShare share, int features) {
    List<Long> ids = new ArrayList<>();
    share
        .blocks()
        .forEachRemaining(
            block -> {
              float[] values = new float[features];
              for (int i = 0; i < block.size(); i++) {
                long id = block.ids()[i];
                FeatureCoding.FLOATS.decode(
                    block.features(), i * features * Float.BYTES, values, 0, features);
                assertThat(3 * (long) values[features - 1] + 11).isEqualTo(id);
                assertThat(-3 * (long) block.labels()[2 * i + 1] + 11).isEqualTo(id);
                assertThat(block.weights()[i]).isEqualTo(1 + (id - 11) / 3f / 4f);
                ids.add(id);
              }
            });
    return ids;
  }

  private static int firstRound(WorkerShare share, ExampleShape shape) {
    Minibatch minibatch = new Minibatch(800, shape);
    share.gather(share.order(1), 0, 800, minibatch);
    return minibatch.size();
  }

  private static Coverage epoch(WorkerShare share, ExampleShape shape) {
    EpochOrder order = share.order(1);
    Minibatch minibatch = new Minibatch(32, shape);
    Coverage met = Coverage.NONE;
    int size = (int) share.coverage().examples();
    for (int from = 0; from < size; from += 32) {
      share.gather(order, from, Math.min(32, size - from), minibatch);
      met = met.plus(minibatch.coverage());
    }
    return met;
  }
}

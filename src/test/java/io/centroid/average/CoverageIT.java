package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example exactly once: what the steps meet is compared with the split, by identity. */
final class CoverageIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.of(203);
  private static final int WORKERS = 9;
  private static final long SEED = 5;
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

  /** What is done to the shares behind the engine's back; the first has example 0. */
  private enum Fault {
    REPEATED("Cannot finish epoch 1: found examples some used twice, not at all, or not of the") {
      @Override
      ExampleBlock in(ExampleBlock block) {
        long[] ids = block.ids().clone();
        ids[1] = ids[0];
        return new ExampleBlock(ids, block.weights(), block.features(), block.labels());
      }
    },
    FOREIGN("Cannot finish epoch 1: found examples some used twice, not at all, or not of the") {
      @Override
      ExampleBlock in(ExampleBlock block) {
        long[] ids = block.ids().clone();
        ids[ids.length - 1] = 1_000_000;
        return new ExampleBlock(ids, block.weights(), block.features(), block.labels());
      }
    },
    SKIPPED("found a block of ") {
      @Override
      ExampleBlock in(ExampleBlock block) {
        int left = block.size() - 1;
        return new ExampleBlock(
            Arrays.copyOf(block.ids(), left),
            Arrays.copyOf(block.weights(), left),
            Arrays.copyOf(block.features(), block.features().length / block.size() * left),
            Arrays.copyOf(block.labels(), block.labels().length / block.size() * left));
      }
    };

    private final String message;

    Fault(String message) {
      this.message = message;
    }

    abstract ExampleBlock in(ExampleBlock block);

    Function<ExampleBlock, ExampleBlock> inTheShareOfExample0() {
      return block -> Arrays.stream(block.ids()).anyMatch(id -> id == 0) ? in(block) : block;
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExampleThatIsNotUsedOnceFailsTheEpoch(Fault fault) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
        CentroidAveraging engine =
            SyntheticExamples.engine(
                context,
                shares.mapped(fault.inTheShareOfExample0()),
                plan(203, WORKERS, SEED),
                2)) {
      assertThatThrownBy(() -> train(engine)).hasMessageContaining(fault.message);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16})
  void allOfThemAreCountedInATreeToo(int fanIn) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
        CentroidAveraging engine =
            SyntheticExamples.engine(context, shares, plan(203, WORKERS, SEED), fanIn)) {
      assertThat(train(engine).tally().used()).isEqualTo(shares.coverage());
    }
  }

  @Test
  void aPlanForOtherSharesIsRefused() {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED)) {
      for (RoundPlan other :
          List.of(
              plan(202, WORKERS, SEED),
              plan(203, WORKERS - 1, SEED),
              plan(203, WORKERS, SEED + 1))) {
        assertThatThrownBy(() -> SyntheticExamples.engine(context, shares, other, 16).close())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(
                "Cannot train on shares of 203 examples for 9 workers with seed 5");
      }
    }
  }

  private static RoundPlan plan(int examples, int workers, long seed) {
    return new RoundPlan(examples, workers, 4, 2, seed);
  }

  private static TrainingPosition train(CentroidAveraging engine) {
    return engine.trainEpoch(
        TrainingPosition.before(1, SyntheticExamples.initialState()), RoundListener.NONE);
  }
}

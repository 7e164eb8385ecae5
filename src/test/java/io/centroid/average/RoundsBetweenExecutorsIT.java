package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.model.FlatParameters;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds between tasks give the bits of rounds by job. */
final class RoundsBetweenExecutorsIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.weighted(203);
  private static final long SEED = 5;
  private static final AtomicInteger LOADED = new AtomicInteger();

  @ParameterizedTest
  @CsvSource({
    "1, 2, 16, 0, false, 0.5, 0, 0",
    "2, 2, 16, 0.5, false, 1, 0, 0",
    "3, 2, 16, 0.5, true, 0.7, 0.9, 1",
    "5, 1, 16, 0, false, 1, 0.9, 0",
    "9, 2, 2, 0.5, false, 1, 0.9, 1",
    "17, 1, 4, 0.5, true, 1, 0, 0"
  })
  void theBitsAreThoseOfRoundsByJob(
      int workers,
      int frequency,
      int fanIn,
      double momentum,
      boolean nesterov,
      double rate,
      double decay,
      int warmUpEpochs)
      throws Exception {
    AveragingSettings averaging =
        new AveragingSettings(
            frequency,
            EngineKind.CENTROID,
            warmUpEpochs,
            new OuterSettings(momentum, nesterov, rate),
            decay,
            fanIn);
    List<String> expected = new ArrayList<>();
    try (SparkSession session = LocalSpark.open("local[2]")) {
      expected = epochs(context(session), workers, averaging, false, Integer.MAX_VALUE);
    }
    for (String master : List.of("local[1]", "local[3]")) {
      try (SparkSession session = LocalSpark.open(master)) {
        for (int interval : new int[] {1, 2, Integer.MAX_VALUE}) {
          assertThat(epochs(context(session), workers, averaging, true, interval))
              .as(master + ", " + interval)
              .isEqualTo(expected);
        }
      }
    }
    assertThat(WorkerEnvironment.holdings()).isEmpty();
  }

  @Test
  void endsWhereItIsToldToAndGoesOnFromThere() throws Exception {
    AveragingSettings averaging =
        new AveragingSettings(1, EngineKind.CENTROID, 0, OuterSettings.momentum(0.5), 0.9, 16);
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = context(session);
      try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, 3, SEED);
          CentroidAveraging byJob = engine(context, shares, averaging, false);
          CentroidAveraging engine = engine(context, shares, averaging, true)) {
        TrainingPosition start = TrainingPosition.before(1, SyntheticExamples.initialState());
        boolean early = false;
        while (!early) { // the wish may come when the last round is under way
          TrainingPosition expected = byJob.trainEpoch(start, RoundListener.NONE);
          TrainingPosition position = start;
          while (position.round() < expected.round()) {
            position = engine.trainEpoch(position, (epoch, round, loss, timing) -> false);
            early |= position.round() < expected.round();
          }
          assertThat(bits(position)).isEqualTo(bits(expected));
          start = expected.nextEpoch();
        }
      }
    }
  }

  @Test
  void roundsAreMadeAgainWhenATaskFails() throws Exception {
    AveragingSettings averaging = AveragingSettings.every(2);
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = context(session);
      String expected = epochs(context, 3, averaging, false, Integer.MAX_VALUE).get(0);
      LOADED.set(0);
      List<Integer> told = new ArrayList<>();
      TrainingPosition end =
          disturbed(
              context, averaging, failsAt(6), (epoch, round, loss, timing) -> told.add(round));
      assertThat(bits(end)).isEqualTo(expected);
      assertThat(LOADED).hasValueGreaterThan(6);
      assertThat(told).doesNotHaveDuplicates().hasSize(end.round());
      assertThat(end.tally().rounds()).hasSize(end.round());
      assertThat(end.tally().rounds().stream().mapToDouble(RoundTiming::total).sum())
          .isCloseTo(end.tally().seconds(), org.assertj.core.api.Assertions.within(1e-6));
    }
  }

  @Test
  void aTaskThatFailsAgainAndAgainEndsTheTrainingWithItsReason() throws Exception {
    try (SparkSession session = LocalSpark.open("local[2]")) {
      LOADED.set(0);
      assertThatThrownBy(
              () ->
                  disturbed(
                      context(session),
                      AveragingSettings.every(2),
                      block -> {
                        throw new IllegalStateException("planted");
                      },
                      RoundListener.NONE))
          .hasMessageContaining("planted");
      assertThatThrownBy(
              () ->
                  disturbed(
                      context(session),
                      AveragingSettings.every(2),
                      block -> {
                        LOADED.incrementAndGet();
                        throw new JobException(FailureCategory.RESOURCES, "planted");
                      },
                      RoundListener.NONE))
          .isInstanceOfSatisfying(
              JobException.class,
              e -> assertThat(e.category()).isEqualTo(FailureCategory.RESOURCES))
          .hasMessage("planted");
      assertThat(LOADED).hasValueLessThan(4);
    }
  }

  private static Function<ExampleBlock, ExampleBlock> failsAt(int time) {
    return block -> {
      if (LOADED.incrementAndGet() == time) {
        throw new IllegalStateException("planted");
      }
      return block;
    };
  }

  private static TrainingPosition disturbed(
      JavaSparkContext context,
      AveragingSettings averaging,
      Function<ExampleBlock, ExampleBlock> disturbance,
      RoundListener listener) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, 3, SEED);
        CentroidAveraging engine = engine(context, shares.mapped(disturbance), averaging, true)) {
      return engine.trainEpoch(
          TrainingPosition.before(1, SyntheticExamples.initialState()), listener);
    }
  }

  /** The bits after each of two epochs. */
  private static List<String> epochs(
      JavaSparkContext context,
      int workers,
      AveragingSettings averaging,
      boolean between,
      int interval) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, workers, SEED);
        CentroidAveraging engine = engine(context, shares, averaging, between)) {
      List<String> bits = new ArrayList<>();
      List<Integer> reached = new ArrayList<>();
      TrainingPosition position = TrainingPosition.before(1, SyntheticExamples.initialState());
      for (int epoch = 1; epoch <= 2; epoch++) {
        reached.clear();
        position =
            engine.trainEpoch(
                position,
                new RoundListener() {
                  @Override
                  public boolean roundDone(int of, int round, double loss, RoundTiming timing) {
                    return true;
                  }

                  @Override
                  public void reached(TrainingPosition position) {
                    reached.add(position.round());
                  }

                  @Override
                  public int interval() {
                    return interval;
                  }
                });
        assertThat(reached).hasSize((position.round() - 1) / interval);
        bits.add(bits(position));
        position = position.nextEpoch();
      }
      return bits;
    }
  }

  private static String bits(TrainingPosition position) {
    AveragingState state = position.state();
    StringBuilder bits = new StringBuilder();
    for (float[] array : state.training().arrays()) {
      bits.append(FlatParameters.sha256(array)).append(' ');
    }
    return bits.append(FlatParameters.sha256(state.velocity()))
        .append(' ')
        .append(FlatParameters.sha256(state.movingAverage()))
        .append(' ')
        .append(state.averagedRounds())
        .append(' ')
        .append(state.training().iteration())
        .append(' ')
        .append(position.tally().lossSum())
        .append(' ')
        .append(position.tally().weight())
        .toString();
  }

  private static CentroidAveraging engine(
      JavaSparkContext context, WorkerShares shares, AveragingSettings averaging, boolean between) {
    CentroidAveraging engine =
        new CentroidAveraging(
            context,
            shares,
            SyntheticExamples.configuration().toJson(),
            StepRecipe.plain(LocalStep.FAST),
            new RoundPlan(EXAMPLES.size(), shares.workers(), 16, averaging.frequency(), SEED),
            averaging);
    return between
        ? engine.betweenExecutors(
            true,
            line -> {
              throw new AssertionError(line);
            })
        : engine;
  }

  private static JavaSparkContext context(SparkSession session) {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }
}

package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.StandaloneCluster;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.model.FlatParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an executor, a JVM of its own, keeps of trainings. */
final class TrainingSessionIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.of(203);
  private static final int WORKERS = 3;
  private static final long SEED = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  void anExecutorKeepsTrainersFromRoundToRoundAndNothingWhenTheTrainingIsOver() throws Exception {
    String local;
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
          CentroidAveraging engine = engine(context, shares)) {
        local = train(engine);
      }
    }
    Map<String, String> settings =
        Map.of(
            "spark.executor.extraClassPath",
            System.getProperty("java.class.path"),
            "spark.executor.memory",
            "1g");
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 1);
        SparkSession session = LocalSpark.open(cluster.master(), settings)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
          CentroidAveraging first = engine(context, shares)) {
        assertThat(train(first)).isEqualTo(local);
        assertThat(trainers(context)).containsExactly(1);
        try (CentroidAveraging second = engine(context, shares)) {
          assertThat(train(second)).isEqualTo(local);
          assertThat(trainers(context)).containsExactly(1, 1);
        }
        awaitTrainers(context, List.of(1));
        assertThat(train(first)).isEqualTo(local);
      }
      awaitTrainers(context, List.of());
    }
  }

  private static CentroidAveraging engine(JavaSparkContext context, WorkerShares shares) {
    return SyntheticExamples.engine(
        context, shares, new RoundPlan(EXAMPLES.size(), WORKERS, 16, 2, SEED), 16);
  }

  private static String train(CentroidAveraging engine) {
    TrainingPosition end =
        engine.trainEpoch(
            TrainingPosition.before(1, SyntheticExamples.initialState()), RoundListener.NONE);
    return FlatParameters.sha256(end.state().training().parameters());
  }

  /** Of each training that the only executor knows of. */
  private static List<Integer> trainers(JavaSparkContext context) {
    return context
        .parallelize(List.of(0), 1)
        .flatMap(
            any ->
                WorkerEnvironment.holdings().values().stream()
                    .map(WorkerEnvironment.Holdings::trainers)
                    .iterator())
        .collect();
  }

  /** Executors are told that a broadcast is destroyed, and nobody waits for them. */
  private static void awaitTrainers(JavaSparkContext context, List<Integer> expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<Integer> found = trainers(context);
    while (!found.equals(expected) && System.nanoTime() < deadline) {
      found = trainers(context);
    }
    assertThat(found).isEqualTo(expected);
  }
}

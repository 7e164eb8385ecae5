package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.StandaloneCluster;
import io.centroid.deal.WorkerShares;
import io.centroid.model.FlatParameters;
import io.centroid.run.RoundTiming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors that are killed, or stand still, in the middle of rounds that they make between them.
 */
@Tag("fault")
final class LostExecutorIT {
  /** Of so many rounds that what happens in one of the first has its effect before the last. */
  private static final int EXAMPLES = 40_000;

  private static final int EXECUTORS = 3;
  private static final int WORKERS = 5;
  private static final long SEED = 5;
  private static final RoundPlan PLAN = new RoundPlan(EXAMPLES, WORKERS, 16, 1, SEED);

  @TempDir private Path directory;

  @Test
  void theBitsAreThoseOfAnUndisturbedTraining() throws Exception {
    String expected;
    try (SparkSession session = LocalSpark.open("local[2]")) {
      expected = train(context(session), false, RoundListener.NONE);
    }
    Map<String, String> settings =
        Map.of(
            "spark.executor.extraClassPath", System.getProperty("java.class.path"),
            "spark.executor.memory", "1g",
            "spark.centroid.peers.timeout", "3s");
    try (StandaloneCluster cluster =
            StandaloneCluster.start(directory.resolve("cluster"), EXECUTORS);
        SparkSession session = LocalSpark.open(cluster.master(), settings)) {
      JavaSparkContext context = context(session);
      assertThat(train(context, true, RoundListener.NONE)).isEqualTo(expected);
      // The kills of one epoch are fewer than what it may fail.
      for (int kills : new int[] {2, 3}) {
        List<Integer> killed = new ArrayList<>();
        RoundListener killing =
            (epoch, round, loss, timing) -> {
              if (round % 12 == 5 && killed.size() < kills) {
                List<ProcessHandle> executors = cluster.executors();
                executors.get(round % executors.size()).destroyForcibly();
                killed.add(round);
              }
              return true;
            };
        assertThat(train(context, true, killing)).isEqualTo(expected);
        assertThat(killed).hasSize(kills);
      }
      // One that comes late would take no part in the rounds, and could stand still as it likes.
      await(() -> context.sc().statusTracker().getExecutorInfos().length == 1 + EXECUTORS);
      Stopped stopped = new Stopped(cluster);
      context.sc().addSparkListener(stopped);
      try {
        assertThat(train(context, true, stopped)).isEqualTo(expected);
        assertThat(stopped.goesOnAgain).isTrue();
      } finally {
        stopped.goOn(); // else the cluster would wait for its end
      }
    }
  }

  /** Stops an executor in the middle of rounds, until they are given up because of it. */
  private static final class Stopped extends SparkListener implements RoundListener {
    private final StandaloneCluster cluster;
    private ProcessHandle stopped;
    private volatile boolean goesOnAgain;

    Stopped(StandaloneCluster cluster) {
      this.cluster = cluster;
    }

    @Override
    public boolean roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
      if (round == 7) {
        stopped = cluster.executors().get(0);
        signal("STOP");
      }
      return true;
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd job) {
      if (stopped != null && !goesOnAgain && job.jobResult() instanceof JobFailed) {
        goOn();
        goesOnAgain = true;
      }
    }

    void goOn() {
      if (stopped != null) {
        signal("CONT");
      }
    }

    private void signal(String name) {
      try {
        new ProcessBuilder("kill", "-" + name, Long.toString(stopped.pid())).start().waitFor();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static String train(JavaSparkContext context, boolean between, RoundListener listener) {
    try (WorkerShares shares =
            SyntheticExamples.deal(context, SyntheticExamples.of(EXAMPLES), 2, WORKERS, SEED);
        CentroidAveraging engine = SyntheticExamples.engine(context, shares, PLAN, 16)) {
      if (between) {
        engine.betweenExecutors(
            true,
            line -> {
              throw new AssertionError(line);
            });
      }
      TrainingPosition end =
          engine.trainEpoch(TrainingPosition.before(1, SyntheticExamples.initialState()), listener);
      assertThat(end.tally().rounds()).hasSize(PLAN.rounds());
      return FlatParameters.sha256(end.state().training().parameters());
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static JavaSparkContext context(SparkSession session) {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }
}

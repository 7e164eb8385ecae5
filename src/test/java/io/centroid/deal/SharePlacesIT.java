package io.centroid.deal;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.StandaloneCluster;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.SyntheticExamples;
import io.centroid.average.TrainingPosition;
import io.centroid.job.ScalaCollections;
import io.centroid.model.FlatParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.Seq;

/** Shares on executors that come and go. */
@Tag("fault")
final class SharePlacesIT {
  private static final int WORKERS = 4;
  private static final long SEED = 5;
  private static final RoundPlan PLAN = new RoundPlan(1000, WORKERS, 16, 4, SEED);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void sharesAreSpreadOverTheExecutorsThatThereAreAtAnEpochsBegin() throws Exception {
    List<String> expected = new ArrayList<>();
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares = deal(context);
          CentroidAveraging engine = SyntheticExamples.engine(context, shares, PLAN, 16)) {
        TrainingPosition position = TrainingPosition.before(1, SyntheticExamples.initialState());
        for (int epoch = 0; epoch < 4; epoch++) {
          position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
          expected.add(sha256(position));
        }
      }
    }
    Map<String, String> settings =
        Map.of(
            "spark.executor.extraClassPath", System.getProperty("java.class.path"),
            "spark.executor.memory", "1g",
            // However long an executor that has just started takes for its first task.
            "spark.locality.wait", "5m");
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 1);
        SparkSession session = LocalSpark.open(cluster.master(), settings)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares = deal(context);
          CentroidAveraging engine = SyntheticExamples.engine(context, shares, PLAN, 16)) {
        assertThat(onEachExecutor(context).values()).containsExactly(WORKERS);
        TrainingPosition position = TrainingPosition.before(1, SyntheticExamples.initialState());
        position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
        assertThat(sha256(position)).isEqualTo(expected.get(0));

        cluster.add("worker");
        awaitExecutors(2);
        position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
        assertThat(sha256(position)).isEqualTo(expected.get(1));
        assertThat(onEachExecutor(context).values()).containsExactly(2, 2);

        // Its Worker starts another one, which has nothing.
        cluster.executors().get(0).destroyForcibly();
        awaitExecutors(1);
        awaitExecutors(2);
        position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
        position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
        assertThat(sha256(position)).isEqualTo(expected.get(3));
        assertThat(onEachExecutor(context).values()).containsExactly(2, 2);
      }
    }
  }

  private static WorkerShares deal(JavaSparkContext context) {
    return SyntheticExamples.deal(context, SyntheticExamples.of(1000), 2, WORKERS, SEED);
  }

  private static String sha256(TrainingPosition position) {
    return FlatParameters.sha256(position.state().training().parameters());
  }

  /** How many shares lie there, each of one block and nowhere else. */
  private static Map<String, Integer> onEachExecutor(JavaSparkContext context) {
    int rdd = context.getPersistentRDDs().keySet().iterator().next();
    BlockId[] blocks =
        IntStream.range(0, WORKERS)
            .mapToObj(block -> new RDDBlockId(rdd, block))
            .toArray(BlockId[]::new);
    Map<String, Integer> shares = new TreeMap<>();
    for (Seq<BlockManagerId> places :
        ScalaCollections.list(SparkEnv.get().blockManager().master().getLocations(blocks))) {
      assertThat(places.size()).isEqualTo(1);
      shares.merge(places.apply(0).executorId(), 1, Integer::sum);
    }
    return shares;
  }

  private static void awaitExecutors(int count) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (executors().size() != count && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(executors()).hasSize(count);
  }

  private static Collection<BlockManagerId> executors() {
    return ScalaCollections.list(SparkEnv.get().blockManager().master().getMemoryStatus().keys())
        .stream()
        .filter(each -> !each.isDriver())
        .toList();
  }
}

package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.StandaloneCluster;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.model.FlatParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/**
 * What many rounds leave behind on executors, with more workers than are added up in one place,
 * tasks that are started twice, and tasks that are killed.
 */
@Tag("fault")
@Tag("endurance")
final class RoundLeftoversIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.of(1000);
  private static final int WORKERS = 5;
  private static final int FAN_IN = 2;
  private static final int ROUNDS = 2000;
  private static final long SEED = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** One minibatch a round, so that an epoch of 1,000 examples has 50 rounds. */
  private static final RoundPlan PLAN = new RoundPlan(EXAMPLES.size(), WORKERS, 4, 1, SEED);

  @TempDir private Path directory;

  /**
   * What one executor has.
   *
   * @param blocks stored for rounds
   * @param shuffleFiles on its disk
   * @param nativeBytes that JavaCPP counts
   * @param threads alive
   * @param trainers lent or idle
   */
  private record Holdings(
      long blocks, long shuffleFiles, long nativeBytes, long threads, long trainers) {
    static Holdings of(long[] values) {
      return new Holdings(values[1], values[2], values[3], values[4], values[5]);
    }
  }

  @Test
  void twoThousandRoundsLeaveNothing() throws Exception {
    String local;
    try (SparkSession session = LocalSpark.open("local[2]")) {
      local = train(JavaSparkContext.fromSparkContext(session.sparkContext()), () -> {});
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    settings.put("spark.executor.memory", "1g");
    settings.put("spark.speculation", "true");
    settings.put("spark.speculation.interval", "5ms");
    settings.put("spark.speculation.quantile", "0.2");
    settings.put("spark.speculation.multiplier", "1.0");
    settings.put("spark.speculation.minTaskRuntime", "0ms");
    settings.put("spark.task.maxFailures", "100");
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2);
        SparkSession session = LocalSpark.open(cluster.master(), settings)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      Killer killer = new Killer(session.sparkContext());
      session.sparkContext().addSparkListener(killer);
      Map<Long, Holdings> early = new HashMap<>();
      assertThat(train(context, () -> early.putAll(holdings(context)))).isEqualTo(local);
      assertThat(killer.kills).hasValueGreaterThan(ROUNDS / 20);

      killer.active = false;
      Map<Long, Holdings> late =
          await(
              context,
              all ->
                  all.values().stream().allMatch(each -> each.blocks == 0 && each.trainers == 0));
      assertThat(late).containsOnlyKeys(early.keySet());
      late.forEach(
          (executor, left) -> {
            assertThat(left.blocks).as("blocks").isZero();
            assertThat(left.trainers).as("trainers").isZero();
            assertThat(left.shuffleFiles)
                .as("shuffle files")
                .isLessThanOrEqualTo(early.get(executor).shuffleFiles);
            assertThat(left.nativeBytes)
                .as("native bytes")
                .isLessThanOrEqualTo(early.get(executor).nativeBytes);
            assertThat(left.threads)
                .as("threads")
                .isLessThanOrEqualTo(early.get(executor).threads + 10);
          });
    }
  }

  /** Trains, and looks at the executors once it is under way. */
  private static String train(JavaSparkContext context, Runnable look) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
        CentroidAveraging engine = SyntheticExamples.engine(context, shares, PLAN, FAN_IN)) {
      TrainingPosition position = TrainingPosition.before(1, SyntheticExamples.initialState());
      for (int done = 0; done < ROUNDS; done += PLAN.rounds()) {
        position = engine.trainEpoch(position, RoundListener.NONE).nextEpoch();
        if (done == ROUNDS / 10) {
          look.run();
        }
      }
      return FlatParameters.sha256(position.state().training().parameters());
    }
  }

  /** Kills a task now and then, soon after it has started. */
  private static final class Killer extends SparkListener {
    private final SparkContext context;
    private final Random random = new Random(1);
    private final AtomicInteger kills = new AtomicInteger();
    private volatile boolean active = true;

    Killer(SparkContext context) {
      this.context = context;
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (active
          && random.nextInt(40) == 0
          && context.killTaskAttempt(start.taskInfo().taskId(), false, "a test")) {
        kills.incrementAndGet();
      }
    }
  }

  private static Map<Long, Holdings> await(
      JavaSparkContext context, Predicate<Map<Long, Holdings>> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Map<Long, Holdings> found = holdings(context);
    while (!wanted.test(found) && System.nanoTime() < deadline) {
      found = holdings(context);
    }
    return found;
  }

  /** By executor; more tasks than executors, so that each gets one. */
  private static Map<Long, Holdings> holdings(JavaSparkContext context) {
    Map<Long, Holdings> all = new HashMap<>();
    while (all.size() < 2) {
      context
          .parallelize(IntStream.range(0, 8).boxed().toList(), 8)
          .map(any -> here())
          .collect()
          .forEach(each -> all.put(each[0], Holdings.of(each)));
    }
    return all;
  }

  private static long[] here() {
    SparkEnv spark = SparkEnv.get();
    return new long[] {
      Long.parseLong(spark.executorId()),
      JavaConverters.seqAsJavaList(spark.blockManager().getMatchingBlockIds(new OfRounds())).size(),
      JavaConverters.seqAsJavaList(spark.blockManager().diskBlockManager().getAllFiles()).stream()
          .filter(file -> file.getName().startsWith("shuffle_"))
          .count(),
      Pointer.totalBytes(),
      Thread.activeCount(),
      WorkerEnvironment.holdings().values().stream()
          .mapToLong(WorkerEnvironment.Holdings::trainers)
          .sum()
    };
  }

  private static final class OfRounds extends AbstractFunction1<BlockId, Object> {
    @Override
    public Object apply(BlockId id) {
      return id.name().contains("result_") || id.name().contains("start");
    }
  }
}

package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.centroid.LocalSpark;
import io.centroid.StandaloneCluster;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.job.ScalaCollections;
import io.centroid.model.FlatParameters;
import io.centroid.run.RoundTiming;
import java.io.Serializable;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.commons.lang3.SerializationUtils;
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
import scala.runtime.AbstractFunction1;

/**
 * What many rounds leave behind, with more workers than are added up in one place, tasks that are
 * started twice, and tasks that are killed.
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

  /** How many rounds there are between two positions that can be gone on from. */
  private static final RoundListener FOUR_ROUNDS =
      new RoundListener() {
        @Override
        public boolean roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
          return true;
        }

        @Override
        public int interval() {
          return 4;
        }
      };

  /** What a JVM may have more of after all rounds than after a tenth of them. */
  private static final long HEAP_BYTES = 4 << 20;

  private static final int THREADS = 10;
  private static final int FILES = 10;

  /**
   * What one JVM has.
   *
   * @param blocks stored for rounds
   * @param shuffleFiles on its disk
   * @param nativeBytes that JavaCPP counts
   * @param threads alive
   * @param trainers lent or idle
   * @param heapBytes in use after a garbage collection
   * @param directBytes of buffers outside the heap
   * @param files open, sockets among them
   */
  private record Holdings(
      long blocks,
      long shuffleFiles,
      long nativeBytes,
      long threads,
      long trainers,
      long heapBytes,
      long directBytes,
      long files)
      implements Serializable {
    boolean isNothing() {
      return blocks == 0 && trainers == 0;
    }

    void assertNotMoreThan(Holdings early) {
      assertThat(shuffleFiles).as("shuffle files").isLessThanOrEqualTo(early.shuffleFiles);
      assertThat(nativeBytes).as("native bytes").isLessThanOrEqualTo(early.nativeBytes);
      assertThat(threads).as("threads").isLessThanOrEqualTo(early.threads + THREADS);
      assertThat(heapBytes).as("heap").isLessThanOrEqualTo(early.heapBytes + HEAP_BYTES);
      assertThat(directBytes).as("direct").isLessThanOrEqualTo(early.directBytes + HEAP_BYTES);
      assertThat(files).as("open files").isLessThanOrEqualTo(early.files + FILES);
    }
  }

  private record Holder(String executor, Holdings holdings) implements Serializable {}

  @Test
  void twoThousandRoundsBetweenExecutorsLeaveNothing() throws Exception {
    String local;
    try (SparkSession session = LocalSpark.open("local[2]")) {
      local = train(JavaSparkContext.fromSparkContext(session.sparkContext()), false, () -> {});
    }
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2);
        SparkSession session = LocalSpark.open(cluster.master(), settings())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      // Its end closes connections, and would free what they hold.
      List<Map<String, Holdings>> looks = new ArrayList<>();
      Runnable look =
          () -> {
            Map<String, Holdings> all = holdings(context);
            all.put("driver", here());
            looks.add(all);
          };
      assertThat(train(context, true, look)).isEqualTo(local);
      System.out.println("after a tenth and after all " + looks);
      assertNothingCameOnTop(looks.get(0), looks.get(1));
      assertThat(await(context).values()).allMatch(Holdings::isNothing);
    }
  }

  @Test
  void twoThousandRoundsLeaveNothing() throws Exception {
    String local;
    try (SparkSession session = LocalSpark.open("local[2]")) {
      local = train(JavaSparkContext.fromSparkContext(session.sparkContext()), false, () -> {});
    }
    Map<String, String> settings = settings();
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
      List<Map<String, Holdings>> looks = new ArrayList<>();
      assertThat(train(context, false, () -> looks.add(holdings(context)))).isEqualTo(local);
      assertThat(killer.kills).hasValueGreaterThan(ROUNDS / 20);

      killer.active = false;
      Map<String, Holdings> late = await(context);
      assertThat(late.values()).allMatch(Holdings::isNothing);
      assertNothingCameOnTop(looks.get(0), late);
    }
  }

  private static void assertNothingCameOnTop(
      Map<String, Holdings> early, Map<String, Holdings> late) {
    assertThat(late).containsOnlyKeys(early.keySet());
    late.forEach((executor, left) -> left.assertNotMoreThan(early.get(executor)));
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    settings.put("spark.executor.memory", "1g");
    // Spark's driver remembers jobs and stages for its pages, up to these.
    settings.put("spark.ui.retainedJobs", "10");
    settings.put("spark.ui.retainedStages", "10");
    return settings;
  }

  /** Trains, and looks at the executors after a tenth of the rounds and after the last one. */
  private static String train(JavaSparkContext context, boolean between, Runnable look) {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
        CentroidAveraging engine = SyntheticExamples.engine(context, shares, PLAN, FAN_IN)) {
      if (between) {
        engine.betweenExecutors(
            true,
            line -> {
              throw new AssertionError(line);
            });
      }
      TrainingPosition position = TrainingPosition.before(1, SyntheticExamples.initialState());
      for (int done = 0; done < ROUNDS; done += PLAN.rounds()) {
        position = engine.trainEpoch(position, FOUR_ROUNDS).nextEpoch();
        if (done == ROUNDS / 10 || done + PLAN.rounds() >= ROUNDS) {
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

  private static Map<String, Holdings> await(JavaSparkContext context) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Map<String, Holdings> found = holdings(context);
    while (!found.values().stream().allMatch(Holdings::isNothing) && System.nanoTime() < deadline) {
      found = holdings(context);
    }
    return found;
  }

  /** By executor; more tasks than executors, so that each gets one. */
  private static Map<String, Holdings> holdings(JavaSparkContext context) {
    Map<String, Holdings> all = new HashMap<>();
    while (all.size() < 2) {
      context
          .parallelize(IntStream.range(0, 8).boxed().toList(), 8)
          .map(any -> SerializationUtils.serialize(new Holder(SparkEnv.get().executorId(), here())))
          .collect()
          .stream()
          .map(SerializationUtils::<Holder>deserialize)
          .forEach(each -> all.put(each.executor(), each.holdings()));
    }
    return all;
  }

  private static Holdings here() {
    SparkEnv spark = SparkEnv.get();
    System.gc();
    return new Holdings(
        ScalaCollections.list(spark.blockManager().getMatchingBlockIds(new OfRounds())).size(),
        ScalaCollections.list(spark.blockManager().diskBlockManager().getAllFiles()).stream()
            .filter(file -> file.getName().startsWith("shuffle_"))
            .count(),
        Pointer.totalBytes(),
        Thread.activeCount(),
        WorkerEnvironment.holdings().values().stream()
            .mapToLong(WorkerEnvironment.Holdings::trainers)
            .sum(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum(),
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getOpenFileDescriptorCount());
  }

  private static final class OfRounds extends AbstractFunction1<BlockId, Object> {
    @Override
    public Object apply(BlockId id) {
      return id.name().contains("result_") || id.name().contains("start");
    }
  }
}

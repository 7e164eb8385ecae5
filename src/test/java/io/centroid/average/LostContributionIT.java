package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.ScalaCollections;
import io.centroid.model.FlatParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockStatus;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.TaskCompletionListener;
import org.apache.spark.util.io.ChunkedByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** Contributions that cannot be had when they are to be added up. */
final class LostContributionIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.of(203);
  private static final int WORKERS = 5;
  private static final int FAN_IN = 2; // 5 workers, 3 sums, 2 sums
  private static final long SEED = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final AtomicInteger TIMES = new AtomicInteger();
  private static final AtomicLong IN_MEMORY = new AtomicLong();
  private static final AtomicLong ON_DISK = new AtomicLong();

  private SparkSession session;
  private JavaSparkContext context;

  @BeforeEach
  void open() {
    TIMES.set(0);
    IN_MEMORY.set(0);
    ON_DISK.set(0);
    session = LocalSpark.open("local[2]");
    context = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @AfterEach
  void close() {
    session.stop();
  }

  @Test
  void contributionsThatAreLostOrDamagedAreMadeAgain() throws Exception {
    String expected = train(block -> block);
    assertThat(train(afterTaskOf(3, 2, Fault.REMOVED))).isEqualTo(expected);
    assertThat(TIMES).hasValueGreaterThan(2);
    TIMES.set(0);
    assertThat(train(afterTaskOf(4, 3, Fault.DAMAGED))).isEqualTo(expected);
    assertThat(TIMES).hasValueGreaterThan(3);
    awaitNoResultBlocks();
  }

  @Test
  void contributionsThatAreLostAgainAndAgainEndTheTrainingWithTheReason() {
    assertThatThrownBy(() -> train(afterTaskOf(0, 100, Fault.DAMAGED)))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.RESOURCES))
        .hasMessageStartingWith(
            "Cannot collect the results of a round: found some lost in each of 4 runs one after"
                + " another, expected all. The last: ")
        .hasMessageContaining("the block is damaged: its checksum is wrong");
    awaitNoResultBlocks();
  }

  /** Else a round of many workers fills the heap with what only has to be added up. */
  @Test
  void resultsThatATreeAddsUpTakeNoMemory() throws Exception {
    train(afterTaskOf(2, Integer.MAX_VALUE, Fault.LOOKED_AT));
    assertThat(ON_DISK).hasPositiveValue();
    assertThat(IN_MEMORY).hasValue(0);
  }

  private String train(Function<ExampleBlock, ExampleBlock> disturbance) throws Exception {
    try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, WORKERS, SEED);
        CentroidAveraging engine =
            SyntheticExamples.engine(
                context,
                shares.mapped(disturbance),
                new RoundPlan(EXAMPLES.size(), WORKERS, 16, 2, SEED),
                FAN_IN)) {
      TrainingPosition end =
          engine.trainEpoch(
              TrainingPosition.before(1, SyntheticExamples.initialState()), RoundListener.NONE);
      return FlatParameters.sha256(end.state().training().parameters());
    }
  }

  /** Does something to the result of a worker, the first times that its task has put one. */
  private static Function<ExampleBlock, ExampleBlock> afterTaskOf(
      int worker, int times, Fault fault) {
    return block -> {
      if (TaskContext.getPartitionId() == worker) {
        TaskContext.get()
            .addTaskCompletionListener(
                (TaskCompletionListener)
                    task -> {
                      if (TIMES.incrementAndGet() <= times) {
                        resultBlocks().stream()
                            .filter(id -> id.name().endsWith("result_" + task.taskAttemptId()))
                            .forEach(fault::inflictOn);
                      }
                    });
      }
      return block;
    };
  }

  private enum Fault {
    REMOVED,
    DAMAGED,
    LOOKED_AT;

    void inflictOn(BlockId block) {
      switch (this) {
        case REMOVED -> manager().removeBlock(block, true);
        case DAMAGED -> flipOneBit(block);
        case LOOKED_AT -> {
          BlockStatus status = manager().getStatus(block).get();
          IN_MEMORY.addAndGet(status.memSize());
          ON_DISK.addAndGet(status.diskSize());
        }
      }
    }
  }

  private static void flipOneBit(BlockId block) {
    ManagedBuffer data = manager().getLocalBlockData(block);
    byte[] bytes;
    try {
      ByteBuffer buffer = data.nioByteBuffer();
      bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      data.release();
    }
    bytes[bytes.length / 2] ^= 1;
    manager().removeBlock(block, true);
    manager()
        .putBytes(
            block,
            new ChunkedByteBuffer(ByteBuffer.wrap(bytes)),
            StorageLevel.MEMORY_AND_DISK_SER(),
            false,
            ClassTag$.MODULE$.apply(byte[].class));
  }

  /** Spark removes them on a thread of its own. */
  private static void awaitNoResultBlocks() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!resultBlocks().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(resultBlocks()).isEmpty();
  }

  /** Spark lists those on disk twice. */
  private static Set<BlockId> resultBlocks() {
    return Set.copyOf(
        ScalaCollections.list(
            manager()
                .getMatchingBlockIds(
                    new AbstractFunction1<BlockId, Object>() {
                      @Override
                      public Object apply(BlockId id) {
                        return id.name().contains("result_");
                      }
                    })));
  }

  private static BlockManager manager() {
    return SparkEnv.get().blockManager();
  }
}

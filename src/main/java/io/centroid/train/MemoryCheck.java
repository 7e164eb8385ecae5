package io.centroid.train;

import io.centroid.average.CentroidAveraging;
import io.centroid.compute.StepMemory;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.SparkSessions;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.javacpp.Pointer;

/**
 * Compares what a training will need with what there is, before it begins: a state of a large
 * network is hundreds of megabytes, and some of them are held at once.
 *
 * <p>The driver holds the state of the round, the best one, one that is being written to a
 * checkpoint and its bytes, and, on a cluster, the bytes that executors fetch; the results that it
 * adds up, and the sum where they are too many to be held; and outer momentum and moving average,
 * if there are. An executor holds its images and, where they are few, its workers' results, as far
 * as Spark's storage memory goes; the state that the round starts from; and for each task the state
 * that it trains, its bytes, and the step's own arrays, or what it adds up. In local mode all are
 * one process, in which few results are handed on by reference. This is what rounds by job take;
 * {@link #hasRoomBetweenExecutors} asks for more.
 *
 * @param step of one worker
 * @param workers how many there are
 * @param fanIn how many results are added up in one place
 * @param parameterCopies of the length of the parameters that the driver keeps over rounds
 * @param imageBytes of all training images
 */
record MemoryCheck(StepMemory step, int workers, int fanIn, int parameterCopies, long imageBytes) {
  /** What is left for large arrays of a heap of a given {@code -Xmx}, by the parallel collector. */
  private static final double USABLE = 0.8;

  private static final long MEGABYTE = 1 << 20;
  private static final long STEP = 256 * MEGABYTE;

  /** The rest of the program and of Spark. */
  private static final long PROGRAM = 150 * MEGABYTE;

  /** Contributions that are held where they are added up. */
  private static final int HELD = CentroidAveraging.ADDED_AT_ONCE + CentroidAveraging.FETCHED_AHEAD;

  /** What Spark sets aside before it divides the heap. */
  private static final long RESERVED = 300 * MEGABYTE;

  /** The most bytes of one block that can be fetched. */
  private static final long LARGEST_BLOCK = Integer.MAX_VALUE - 1024;

  /**
   * Checks the network's size, the driver and, on a cluster, the executors.
   *
   * @throws JobException category SETTINGS when the network is too large for any memory, RESOURCES
   *     when there is not enough
   */
  void check(JavaSparkContext context) {
    requireBlocks();
    int cores = SparkSessions.slots(context);
    SparkConf conf = context.getConf();
    long driver = conf.getSizeAsMb("spark.driver.memory", "0") * MEGABYTE;
    long heap = Math.max(driver, Runtime.getRuntime().maxMemory());
    if (context.isLocal()) {
      int slots = Math.min(workers, cores);
      long images = Math.min(imageBytes, storage(conf, heap));
      requireDriver(driverHeap(true) + slots * taskHeap(true) + images, heap);
      requireNative(slots * step.nativeBytes(), Pointer.maxBytes(), slots, "--driver-memory");
    } else {
      int executors = Math.max(1, context.sc().getExecutorMemoryStatus().size() - 1);
      int slots = Math.min(workers, (cores + executors - 1) / executors);
      requireDriver(driverHeap(false), heap);
      long executor = conf.getSizeAsMb("spark.executor.memory", "1g") * MEGABYTE;
      long blocks = imageBytes / executors + resultBlocks(executors);
      requireExecutor(executorHeap(slots, Math.min(blocks, storage(conf, executor))), executor);
      requireNative(slots * step.nativeBytes() + arriving(), executor, slots, "--executor-memory");
    }
  }

  /**
   * Whether there is room for rounds between executors, too: for two means in turn, the states of
   * an executor's own workers all at once, its part of the others', and what owners keep.
   */
  boolean hasRoomBetweenExecutors(JavaSparkContext context) {
    int cores = SparkSessions.slots(context);
    SparkConf conf = context.getConf();
    if (context.isLocal()) {
      long heap = Runtime.getRuntime().maxMemory();
      long own = hasTree() ? workers * step.stateBytes() : 0;
      long needed =
          driverHeap(true)
              + Math.min(workers, cores) * taskHeap(true)
              + Math.min(imageBytes, storage(conf, heap))
              + between(0)
              + own;
      return needed <= USABLE * heap;
    }
    int executors = Math.max(1, context.sc().getExecutorMemoryStatus().size() - 1);
    int slots = Math.min(workers, (cores + executors - 1) / executors);
    int own = (workers + executors - 1) / executors;
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g") * MEGABYTE;
    long images = Math.min(imageBytes / executors, storage(conf, heap));
    long needed =
        executorHeap(slots, images)
            + own * step.stateBytes()
            + between((workers - own) * step.stateBytes() / executors);
    return needed <= USABLE * heap;
  }

  private long between(long arriving) {
    return 2 * step.stateBytes()
        + arriving
        + (long) parameterCopies * Float.BYTES * step.parameters();
  }

  /**
   * Checks that a state, and a sum of states where there is a tree, is one block.
   *
   * @throws JobException category SETTINGS when it is not
   */
  void requireBlocks() {
    long largest = (hasTree() ? 2 : 1) * step.stateBytes();
    if (largest > LARGEST_BLOCK) {
      throw JobException.settings(
          "Cannot train %,d parameters with %d workers: found %,d MB in one piece, expected at most %,d MB. Use a smaller network%s."
              .formatted(
                  step.parameters(),
                  workers,
                  largest / MEGABYTE,
                  LARGEST_BLOCK / MEGABYTE,
                  hasTree() ? ", or at most averaging.fan-in = " + fanIn + " workers" : ""));
    }
  }

  private boolean hasTree() {
    return workers > fanIn;
  }

  /** States, as doubles, that a sum is worth. */
  private long sumBytes() {
    return 2 * step.stateBytes();
  }

  /** What the contributions to a sum take that are held at once, and the sum. */
  private long adding(int contributions, long each, int held) {
    return Math.min(contributions, held) * each
        + (contributions > CentroidAveraging.ADDED_AT_ONCE ? sumBytes() : 0);
  }

  private static long storage(SparkConf conf, long heap) {
    return (long) (conf.getDouble("spark.memory.fraction", 0.6) * Math.max(0, heap - RESERVED));
  }

  long driverHeap(boolean local) {
    long states = local ? 4 : 5;
    int held = local && !hasTree() ? workers : HELD;
    int top = workers;
    while (top > fanIn) {
      top = (top + fanIn - 1) / fanIn;
    }
    return PROGRAM
        + states * step.stateBytes()
        + adding(top, hasTree() ? sumBytes() : step.stateBytes(), held)
        + (long) parameterCopies * Float.BYTES * step.parameters();
  }

  /** What one task holds beside the state to start from. */
  private long taskHeap(boolean local) {
    if (!hasTree()) {
      return step.heapBytes() + (local ? 0 : 2 * step.stateBytes());
    }
    long trains = step.heapBytes() + 2 * step.stateBytes();
    boolean ofSums = workers > (long) fanIn * fanIn;
    long each = ofSums ? sumBytes() : step.stateBytes();
    return Math.max(trains, adding(fanIn, each, HELD) + sumBytes());
  }

  /** What arrives over the network in one place, outside the heap. */
  private long arriving() {
    return hasTree() ? CentroidAveraging.FETCHED_AHEAD * sumBytes() : step.stateBytes();
  }

  /** Bytes of an executor's results that Spark keeps in memory where it can. */
  long resultBlocks(int executors) {
    return hasTree() ? 0 : (workers + executors - 1) / executors * step.stateBytes();
  }

  /**
   * The heap that an executor needs.
   *
   * @param slots tasks that run at once
   * @param blocks bytes of its images and of its workers' results that stay in memory
   */
  long executorHeap(int slots, long blocks) {
    return PROGRAM + blocks + step.stateBytes() + slots * taskHeap(false);
  }

  void requireDriver(long needed, long found) {
    require(needed, found, "driver memory", "--driver-memory");
  }

  void requireExecutor(long needed, long found) {
    require(needed, found, "executor memory", "--executor-memory");
  }

  private void require(long needed, long found, String what, String option) {
    if (needed > USABLE * found) {
      long asked = (long) Math.ceil(needed / USABLE / STEP) * STEP / MEGABYTE;
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot train: found %,d MB of %s, expected at least %,d MB for %,d parameters, whose state is %,d MB, and %d workers. Use %s %dm, or lower training.workers."
              .formatted(
                  found / MEGABYTE,
                  what,
                  asked,
                  step.parameters(),
                  step.stateBytes() / MEGABYTE,
                  workers,
                  option,
                  asked));
    }
  }

  void requireNative(long needed, long found, int slots, String option) {
    if (found > 0 && needed > found) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot train: found %,d MB of native memory, expected at least %,d MB for %d workers at once. Use a larger %s, which limits it, or lower training.minibatch-size."
              .formatted(found / MEGABYTE, needed / MEGABYTE, slots, option));
    }
  }
}

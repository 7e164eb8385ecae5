package io.centroid.train;

import io.centroid.compute.StepMemory;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.javacpp.Pointer;

/**
 * Compares what a training will need with what there is, before it begins: a state of a large
 * network is hundreds of megabytes, and some of them are held at once.
 *
 * <p>The driver holds the state of the round, the result of every worker (of at most fan-in of
 * them), the best state, and one that is on its way to a checkpoint; and outer momentum and moving
 * average, if there are. An executor holds for each task the state that it trains, the state that
 * it sends, and the step's own arrays; and once the state that the round starts from. In local mode
 * all are one process, in which nothing is sent, and the images are there too.
 *
 * @param step of one worker
 * @param workers how many there are
 * @param fanIn how many results the driver holds at once
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

  /**
   * Checks the driver and, on a cluster, the executors.
   *
   * @throws JobException with category RESOURCES when memory does not suffice
   */
  void check(JavaSparkContext context) {
    int cores = context.defaultParallelism();
    long driver = context.getConf().getSizeAsMb("spark.driver.memory", "0") * MEGABYTE;
    long heap = Math.max(driver, Runtime.getRuntime().maxMemory());
    if (context.isLocal()) {
      int slots = Math.min(workers, cores);
      requireDriver(driverHeap() + (long) slots * step.heapBytes() + imageBytes, heap);
      requireNative(slots, Pointer.maxBytes());
    } else {
      int executors = Math.max(1, context.sc().getExecutorMemoryStatus().size() - 1);
      int slots = Math.min(workers, (cores + executors - 1) / executors);
      requireDriver(driverHeap(), heap);
      requireExecutor(
          executorHeap(slots),
          context.getConf().getSizeAsMb("spark.executor.memory", "1g") * MEGABYTE);
    }
  }

  long driverHeap() {
    long states = 3L + Math.min(workers, fanIn);
    return PROGRAM
        + states * step.stateBytes()
        + (long) parameterCopies * Float.BYTES * step.parameters();
  }

  long executorHeap(int slots) {
    return PROGRAM + step.stateBytes() + slots * (2 * step.stateBytes() + step.heapBytes());
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

  void requireNative(int slots, long found) {
    long needed = slots * step.nativeBytes();
    if (found > 0 && needed > found) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot train: found %,d MB of native memory, expected at least %,d MB for %d workers at once. Use a larger --driver-memory, which limits it, or lower training.minibatch-size."
              .formatted(found / MEGABYTE, needed / MEGABYTE, slots));
    }
  }
}

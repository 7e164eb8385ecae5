package io.centroid.job;

import java.util.OptionalInt;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.status.api.v1.ExecutorSummary;

/**
 * Ends jobs whose tasks ask for more cores ({@code spark.task.cpus}) than any executor has, for
 * which Spark would wait for ever: how many cores an executor of a standalone cluster has is known
 * when it is there. It looks when an executor sends a heartbeat, the first 10 to 20 seconds after
 * it began, by when others are there, too.
 */
final class ExecutorCores extends SparkListener {
  private final SparkContext context;
  private final int needed;

  private ExecutorCores(SparkContext context, int needed) {
    this.context = context;
    this.needed = needed;
  }

  /** Watches the executors of a cluster. */
  static void watch(SparkContext context) {
    int needed = context.conf().getInt("spark.task.cpus", 1);
    if (needed > 1 && !context.isLocal()) {
      context.addSparkListener(new ExecutorCores(context, needed));
    }
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    OptionalInt most =
        SparkSessions.executors(context).stream().mapToInt(ExecutorSummary::totalCores).max();
    if (!heartbeat.execId().equals(SparkSessions.DRIVER)
        && most.isPresent()
        && most.getAsInt() < needed) {
      for (int job : context.statusTracker().getActiveJobIds()) {
        context.cancelJob(job, reason(most.getAsInt()));
      }
    }
  }

  private String reason(int most) {
    return "%s%d, expected one that has spark.task.cpus=%d"
        .formatted(SparkFailure.FEW_CORES, most, needed);
  }
}

package io.centroid.job;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * Says what is waited for when a cluster does not begin an application, or gives it no executors,
 * for which Spark waits as long as it takes: a queue may be full, or no Worker has what is asked.
 */
final class ClusterWait {
  private static final int SECONDS = 15;

  private final SparkConf conf;
  private final Phases phases;
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile SparkContext context;

  private ClusterWait(SparkConf conf, Phases phases) {
    this.conf = conf;
    this.phases = phases;
  }

  /** Begins to look, unless all is in this process. */
  static ClusterWait begin(SparkConf conf, Phases phases) {
    ClusterWait wait = new ClusterWait(conf, phases);
    if (!SparkSessions.isLocal(conf)) {
      Thread thread = new Thread(wait::watch, "cluster-wait");
      thread.setDaemon(true);
      thread.start();
    }
    return wait;
  }

  /** The application has begun. */
  void begun(SparkContext begun) {
    context = begun;
  }

  /** It does not begin. */
  void end() {
    end.countDown();
  }

  private void watch() {
    try {
      if (!isOverIn(SECONDS) && context == null) {
        phases.say(
            "Waiting for %s, which has not begun this after %d s: its pages or logs say what for",
            conf.get("spark.master"), SECONDS);
      }
      int waiting = 0; // seconds for which there were tasks and nobody to run them
      while (!isOverIn(1) && !hasExecutors()) {
        boolean isIdle = context == null || context.statusTracker().getActiveJobIds().length == 0;
        waiting = isIdle ? 0 : waiting + 1;
        if (waiting == SECONDS) {
          phases.say(
              "Waiting for executors: found none after %d s, expected some with %s of memory and %s each. Look at what the cluster has free, or end this and ask for less",
              SECONDS, conf.get("spark.executor.memory", "1g"), cores());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Or will never have any. */
  private boolean hasExecutors() {
    return context != null && (context.isStopped() || !SparkSessions.executors(context).isEmpty());
  }

  private boolean isOverIn(int seconds) throws InterruptedException {
    return end.await(seconds, TimeUnit.SECONDS);
  }

  private String cores() {
    return conf.contains("spark.executor.cores")
        ? "spark.executor.cores=" + conf.get("spark.executor.cores")
        : "at least " + conf.get("spark.task.cpus", "1") + " cores";
  }
}

package io.centroid;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;

/** Counts the applications of this JVM that have it among {@code spark.extraListeners}. */
public final class Applications extends SparkListener {
  /** How many began. */
  public static final AtomicInteger STARTED = new AtomicInteger();

  /** How many are over. */
  public static final AtomicInteger ENDED = new AtomicInteger();

  @Override
  public void onApplicationStart(SparkListenerApplicationStart event) {
    STARTED.incrementAndGet();
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd event) {
    ENDED.incrementAndGet();
  }
}

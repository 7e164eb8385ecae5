package io.centroid.dl4j;

import io.centroid.average.AveragingEngine;
import io.centroid.average.RoundPlan;
import io.centroid.deal.WorkerShares;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Deeplearning4j's own averaging, which Spark 4 has not got: its Spark module was published for
 * Scala 2.12 alone.
 */
public final class StockAveraging {
  private StockAveraging() {}

  /** Whether this line of Spark has it. */
  public static boolean isAvailable() {
    return false;
  }

  /** Not available. */
  @SuppressWarnings("DoNotCallSuggester") // the other line has it
  public static AveragingEngine of(
      JavaSparkContext context, WorkerShares shares, String configurationJson, RoundPlan plan) {
    throw new UnsupportedOperationException("Deeplearning4j has no Spark module for Scala 2.13");
  }
}

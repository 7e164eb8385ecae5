package io.centroid.average;

import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.deal.WorkerShare;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;

/**
 * One round: computing partition w is the work of worker w.
 *
 * <p>An RDD of its own instead of a function given to {@code mapPartitions}, because Spark reads
 * the byte code of such functions each time, to clean their closures: some milliseconds of every
 * round.
 */
final class RoundRdd extends RDD<TaskResult> {
  private static final long serialVersionUID = 1;

  private final JavaRDD<WorkerShare> shares;
  private final WorkerRound round;

  /**
   * A round over the workers' shares.
   *
   * @param shares partition w is the share of worker w
   */
  RoundRdd(JavaRDD<WorkerShare> shares, WorkerRound round) {
    super(shares.rdd(), RoundTree.RESULT);
    this.shares = shares;
    this.round = round;
  }

  @Override
  public Iterator<TaskResult> compute(Partition worker, TaskContext context) {
    TaskResult handle = round.run(shares.rdd().iterator(worker, context).next());
    return scala.collection.Iterator$.MODULE$.single(handle);
  }

  @Override
  public Partition[] getPartitions() {
    return shares.rdd().partitions();
  }
}

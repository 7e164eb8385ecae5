package io.centroid.average;

import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.deal.ExampleBlock;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/**
 * One round: computing partition w is the work of worker w.
 *
 * <p>An RDD of its own instead of a function given to {@code mapPartitions}, because Spark reads
 * the byte code of such functions each time, to clean their closures: some milliseconds of every
 * round.
 */
final class RoundRdd extends RDD<TaskResult> {
  private static final long serialVersionUID = 1;

  private final JavaRDD<ExampleBlock> blocks;
  private final WorkerRound round;

  /**
   * A round over the workers' shares.
   *
   * @param blocks partition w is the share of worker w
   */
  RoundRdd(JavaRDD<ExampleBlock> blocks, WorkerRound round) {
    super(blocks.rdd(), RoundTree.RESULT);
    this.blocks = blocks;
    this.round = round;
  }

  @Override
  public Iterator<TaskResult> compute(Partition worker, TaskContext context) {
    Iterator<ExampleBlock> share = blocks.rdd().iterator(worker, context);
    TaskResult handle = round.run(worker.index(), JavaConverters.asJavaIterator(share));
    return scala.collection.Iterator$.MODULE$.single(handle);
  }

  @Override
  public Partition[] getPartitions() {
    return blocks.rdd().partitions();
  }
}

package io.centroid.train;

import io.centroid.train.RoundExchange.Delivery;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * One round: computing partition w is the work of worker w.
 *
 * <p>An RDD of its own instead of a function given to {@code mapPartitions}, because Spark reads
 * the byte code of such functions each time, to clean their closures: some milliseconds of every
 * round.
 */
final class RoundRdd extends RDD<Delivery> {
  private static final long serialVersionUID = 1;
  private static final ClassTag<Delivery> DELIVERY = ClassTag$.MODULE$.apply(Delivery.class);

  private final JavaRDD<ExampleBlock> blocks;
  private final WorkerRound round;

  /**
   * A round over the workers' shares.
   *
   * @param blocks partition w is the share of worker w
   */
  RoundRdd(JavaRDD<ExampleBlock> blocks, WorkerRound round) {
    super(blocks.rdd(), DELIVERY);
    this.blocks = blocks;
    this.round = round;
  }

  @Override
  public Iterator<Delivery> compute(Partition worker, TaskContext context) {
    Iterator<ExampleBlock> share = blocks.rdd().iterator(worker, context);
    Delivery delivery = round.run(worker.index(), JavaConverters.asJavaIterator(share));
    return scala.collection.Iterator$.MODULE$.single(delivery);
  }

  @Override
  public Partition[] getPartitions() {
    return blocks.rdd().partitions();
  }

  /** Runs an RDD with one element in each partition; gives the elements in order of partition. */
  static Delivery[] collect(RDD<Delivery> deliveries) {
    return (Delivery[]) deliveries.context().runJob(deliveries, new Only(), DELIVERY);
  }

  /** The one element of a partition. */
  private static final class Only
      extends scala.runtime.AbstractFunction1<Iterator<Delivery>, Delivery>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public Delivery apply(Iterator<Delivery> partition) {
      return partition.next();
    }
  }
}

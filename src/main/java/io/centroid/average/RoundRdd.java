package io.centroid.average;

import io.centroid.average.RoundExchange.ResultHandle;
import io.centroid.deal.ExampleBlock;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
final class RoundRdd extends RDD<ResultHandle> {
  private static final long serialVersionUID = 1;
  private static final int MAX_ATTEMPTS = 4;
  private static final ClassTag<ResultHandle> HANDLE = ClassTag$.MODULE$.apply(ResultHandle.class);

  private final JavaRDD<ExampleBlock> blocks;
  private final WorkerRound round;

  /**
   * A round over the workers' shares.
   *
   * @param blocks partition w is the share of worker w
   */
  RoundRdd(JavaRDD<ExampleBlock> blocks, WorkerRound round) {
    super(blocks.rdd(), HANDLE);
    this.blocks = blocks;
    this.round = round;
  }

  @Override
  public Iterator<ResultHandle> compute(Partition worker, TaskContext context) {
    Iterator<ExampleBlock> share = blocks.rdd().iterator(worker, context);
    ResultHandle handle = round.run(worker.index(), JavaConverters.asJavaIterator(share));
    return scala.collection.Iterator$.MODULE$.single(handle);
  }

  @Override
  public Partition[] getPartitions() {
    return blocks.rdd().partitions();
  }

  /**
   * Runs the tasks of a round; those again whose contributions are lost with an executor before the
   * driver has them.
   *
   * @param handles an RDD with one in each partition
   * @return the contributions in order of partition
   */
  static List<Contribution> collect(RDD<ResultHandle> handles, RoundExchange exchange) {
    SortedMap<Integer, Contribution> contributions = new TreeMap<>();
    int partitions = handles.getNumPartitions();
    for (int attempt = 1; contributions.size() < partitions; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw new JobException(
            FailureCategory.RESOURCES,
            "Cannot collect the results of a round: found results lost with their executors in %d"
                    .formatted(MAX_ATTEMPTS)
                + " runs one after another, expected executors that stay. Look for what ends them.");
      }
      List<Object> missing = new ArrayList<>();
      for (int partition = 0; partition < partitions; partition++) {
        if (!contributions.containsKey(partition)) {
          missing.add(partition);
        }
      }
      ResultHandle[] returned =
          (ResultHandle[])
              handles
                  .context()
                  .runJob(
                      handles,
                      new FirstElement(),
                      JavaConverters.asScalaBuffer(missing).toSeq(),
                      HANDLE);
      List<Optional<Contribution>> collected = exchange.collect(List.of(returned));
      for (int i = 0; i < returned.length; i++) {
        int partition = (int) missing.get(i);
        collected.get(i).ifPresent(found -> contributions.put(partition, found));
      }
    }
    return List.copyOf(contributions.values());
  }

  /**
   * The one element of a partition. A function of two arguments, because Spark wraps one of one
   * argument in a closure that it then reads the byte code of, to clean it.
   */
  private static final class FirstElement
      extends scala.runtime.AbstractFunction2<TaskContext, Iterator<ResultHandle>, ResultHandle>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public ResultHandle apply(TaskContext context, Iterator<ResultHandle> partition) {
      return partition.next();
    }
  }
}

package io.centroid.deal;

import io.centroid.job.ScalaCollections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import scala.Option;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The one element of partition w is the share of worker w. */
final class SharesRdd extends RDD<WorkerShare> {
  private static final long serialVersionUID = 1;
  private static final ClassTag<ExampleBlock> BLOCK = ClassTag$.MODULE$.apply(ExampleBlock.class);

  private final RDD<ExampleBlock> blocks;
  private final ShareLayout layout;

  /** Whether blocks are only looked up where they are stored, and never made again. */
  private final boolean stored;

  /** Where each share lies or should lie; empty where that does not matter. */
  private final transient List<List<String>> places;

  SharesRdd(
      RDD<ExampleBlock> blocks, ShareLayout layout, boolean stored, List<List<String>> places) {
    super(
        blocks.context(),
        ScalaCollections.sequence(List.<Dependency<?>>of(new BlocksOfShare(blocks, layout))),
        ClassTag$.MODULE$.apply(WorkerShare.class));
    this.blocks = blocks;
    this.layout = layout;
    this.stored = stored;
    this.places = places;
  }

  @Override
  public Iterator<WorkerShare> compute(Partition worker, TaskContext task) {
    Partition[] all = blocks.partitions();
    return scala.collection.Iterator$.MODULE$.single(
        new WorkerShare(
            layout,
            worker.index(),
            block -> only(stored ? find(block) : blocks.iterator(all[block], task))));
  }

  private Iterator<ExampleBlock> find(int block) {
    Option<BlockResult> found =
        SparkEnv.get().blockManager().get(new RDDBlockId(blocks.id(), block), BLOCK);
    if (found.isEmpty()) {
      throw new LostBlockException(
          "Cannot train: block %d of the training images is nowhere any more.".formatted(block));
    }
    @SuppressWarnings("unchecked")
    Iterator<ExampleBlock> data = (Iterator<ExampleBlock>) (Iterator<?>) found.get().data();
    return data;
  }

  /** The one element, after which the block is given free to move. */
  private static ExampleBlock only(Iterator<ExampleBlock> block) {
    ExampleBlock only = block.next();
    if (block.hasNext()) {
      throw new IllegalStateException("A partition of blocks has two");
    }
    return only;
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] workers = new Partition[layout.order().workers()];
    for (int worker = 0; worker < workers.length; worker++) {
      workers[worker] = new Worker(worker);
    }
    return workers;
  }

  @Override
  public scala.collection.immutable.List<String> getPreferredLocations(Partition worker) {
    return ScalaCollections.sequence(places.get(worker.index()));
  }

  private record Worker(int index) implements Partition {}

  /** Which blocks a share needs: those that are its own. */
  private static final class BlocksOfShare extends NarrowDependency<ExampleBlock> {
    private static final long serialVersionUID = 1;

    private final ShareLayout layout;

    BlocksOfShare(RDD<ExampleBlock> blocks, ShareLayout layout) {
      super(blocks);
      this.layout = layout;
    }

    @Override
    public scala.collection.immutable.List<Object> getParents(int worker) {
      int first = layout.firstBlock(worker);
      return ScalaCollections.sequence(
          IntStream.range(first, first + layout.blocksOf(worker))
              .<Object>mapToObj(block -> block)
              .toList());
    }
  }
}

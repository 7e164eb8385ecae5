package io.centroid.deal;

import io.centroid.job.ScalaCollections;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.scheduler.TaskLocation;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BlockManagerMaster;
import org.apache.spark.storage.RDDBlockId;

/** On which executor each share lies; where that is never matters to the result. */
final class SharePlaces {
  /** How long executors may take to forget blocks. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final BlockManagerMaster master = SparkEnv.get().blockManager().master();
  private final ShareLayout layout;
  private final BlockId[] ids;

  private final List<BlockId> forgotten = new ArrayList<>();

  /** Where each block is. */
  private final List<List<BlockManagerId>> found;

  private SharePlaces(RDD<ExampleBlock> blocks, ShareLayout layout) {
    this.layout = layout;
    this.ids =
        IntStream.range(0, layout.blocks())
            .mapToObj(block -> new RDDBlockId(blocks.id(), block))
            .toArray(BlockId[]::new);
    this.found =
        ScalaCollections.list(master.getLocations(ids)).stream()
            .map(ScalaCollections::list)
            .toList();
  }

  /** No place for any share. */
  static List<List<String>> anywhere(ShareLayout layout) {
    return Collections.nCopies(layout.order().workers(), List.of());
  }

  /**
   * A place for each share, as Spark names them: where it lies, unless that executor has its part
   * already. Blocks that lie elsewhere are forgotten, so that they are made again in their place.
   */
  static List<List<String>> balanced(RDD<ExampleBlock> blocks, ShareLayout layout) {
    return blocks.context().isLocal()
        ? anywhere(layout)
        : new SharePlaces(blocks, layout).balanced();
  }

  private List<List<String>> balanced() {
    SortedMap<BlockManagerId, Integer> shares = executors();
    if (shares.isEmpty()) {
      return anywhere(layout);
    }
    int workers = layout.order().workers();
    int most = (workers + shares.size() - 1) / shares.size();
    BlockManagerId[] places = new BlockManagerId[workers];
    for (int worker = 0; worker < workers; worker++) {
      for (BlockManagerId place : locations(layout.firstBlock(worker))) {
        if (places[worker] == null && shares.getOrDefault(place, most) < most) {
          places[worker] = place;
          shares.merge(place, 1, Integer::sum);
        }
      }
    }
    for (int worker = 0; worker < workers; worker++) {
      if (places[worker] == null) {
        places[worker] = Collections.min(shares.entrySet(), Map.Entry.comparingByValue()).getKey();
        shares.merge(places[worker], 1, Integer::sum);
      }
      forgetElsewhere(worker, places[worker]);
    }
    awaitForgotten();
    return Stream.of(places).map(SharePlaces::named).toList();
  }

  private SortedMap<BlockManagerId, Integer> executors() {
    SortedMap<BlockManagerId, Integer> executors =
        new TreeMap<>(Comparator.comparing(BlockManagerId::executorId));
    for (BlockManagerId each : ScalaCollections.list(master.getMemoryStatus().keys())) {
      if (!each.isDriver()) {
        executors.put(each, 0);
      }
    }
    return executors;
  }

  private void forgetElsewhere(int worker, BlockManagerId place) {
    int first = layout.firstBlock(worker);
    for (int block = first; block < first + layout.blocksOf(worker); block++) {
      List<BlockManagerId> locations = locations(block);
      if (!locations.isEmpty() && !locations.contains(place)) {
        master.removeBlock(ids[block]);
        forgotten.add(ids[block]);
      }
    }
  }

  /** Nobody shall find there what is about to vanish. */
  private void awaitForgotten() {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (forgotten.stream().anyMatch(block -> !master.getLocations(block).isEmpty())
        && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private List<BlockManagerId> locations(int block) {
    return found.get(block);
  }

  /** The form that Spark's scheduler reads as this very executor. */
  private static List<String> named(BlockManagerId executor) {
    return List.of(
        new ExecutorCacheTaskLocation(executor.host(), executor.executorId()).toString());
  }

  /** The workers of whose shares a block is nowhere. */
  static List<Integer> incomplete(RDD<ExampleBlock> blocks, ShareLayout layout) {
    SharePlaces now = new SharePlaces(blocks, layout);
    return IntStream.range(0, layout.order().workers())
        .filter(
            worker -> {
              int first = layout.firstBlock(worker);
              return IntStream.range(first, first + layout.blocksOf(worker))
                  .anyMatch(block -> now.locations(block).isEmpty());
            })
        .boxed()
        .toList();
  }

  /** The id of the executor of such a place; empty where it is none. */
  static String executor(List<String> place) {
    return !place.isEmpty()
            && TaskLocation.apply(place.get(0)) instanceof ExecutorCacheTaskLocation executor
        ? executor.executorId()
        : "";
  }
}

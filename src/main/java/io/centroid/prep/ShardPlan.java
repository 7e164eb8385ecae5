package io.centroid.prep;

import io.centroid.data.Choice;
import io.centroid.data.Split;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What goes into one shard file.
 *
 * @param file its path below the shard set's directory
 * @param split what its images are for
 * @param ids {@code int[rows]}, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a task
record ShardPlan(String file, Split split, int[] ids) implements Serializable {

  /**
   * Cuts every split into equal parts of consecutive ids; sizes differ by at most one, the larger
   * parts first. A split with fewer images than {@code shards} gets one file for each image, an
   * empty one none.
   *
   * @param splits the split of every image, by id
   * @param shards files per split
   */
  static List<ShardPlan> of(List<Split> splits, int shards) {
    List<ShardPlan> plans = new ArrayList<>();
    for (Split split : Split.values()) {
      int[] ids = IntStream.range(0, splits.size()).filter(id -> splits.get(id) == split).toArray();
      int files = Math.min(shards, ids.length);
      int from = 0;
      for (int part = 0; part < files; part++) {
        int rows = ids.length / files + (part < ids.length % files ? 1 : 0);
        plans.add(
            new ShardPlan(file(split, part), split, Arrays.copyOfRange(ids, from, from + rows)));
        from += rows;
      }
    }
    return plans;
  }

  /** The name of a file. */
  static String file(Split split, int part) {
    return String.format(Locale.ROOT, "split=%s/part-%05d.parquet", Choice.name(split), part);
  }
}

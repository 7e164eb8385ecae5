package io.centroid.shard;

import io.centroid.example.SplitMix;
import java.io.Serializable;

/**
 * The ids of one shard, which ascend, summed up.
 *
 * @param first the smallest
 * @param last the largest
 * @param sum that of their {@link io.centroid.example.Coverage}
 */
public record ShardIds(long first, long last, long sum) implements Serializable {
  /** Of a shard without rows. */
  static final ShardIds NONE = new ShardIds(Long.MAX_VALUE, Long.MIN_VALUE, 0);

  /**
   * These and one more.
   *
   * @throws IllegalArgumentException when it is not larger than all of them
   */
  ShardIds plus(long id) {
    if (id <= last) {
      throw new IllegalArgumentException("id %d after %d, where ids ascend".formatted(id, last));
    }
    return new ShardIds(Math.min(first, id), id, sum + SplitMix.mix(id));
  }
}

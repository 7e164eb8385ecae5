package io.centroid.order;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.Comparator;

/**
 * The place of an example among the others.
 *
 * @param id decides
 * @param tie among those of one id
 */
@DefaultSerializer(RecordSerializer.class)
record SortKey(long id, long tie) implements Comparable<SortKey>, Serializable {
  private static final Comparator<SortKey> ORDER =
      Comparator.comparingLong(SortKey::id).thenComparingLong(SortKey::tie);

  @Override
  public int compareTo(SortKey other) {
    return ORDER.compare(this, other);
  }
}

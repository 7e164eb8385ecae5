package io.centroid.example;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Which examples were used, by identity: how many, and the sum of their hashed ids. An example that
 * is used twice, left out, or foreign makes another sum, but for one case in 2^64.
 *
 * @param examples how many
 * @param idSum Σ {@link SplitMix#mix mix}(id) modulo 2^64, which does not depend on the order
 */
@DefaultSerializer(RecordSerializer.class)
public record Coverage(long examples, long idSum) implements Serializable {
  /** Of no examples. */
  public static final Coverage NONE = new Coverage(0, 0);

  /** Of examples, each used once. */
  public static Coverage of(long[] ids) {
    return of(ids, ids.length);
  }

  /** Of one example. */
  public static Coverage of(long id) {
    return new Coverage(1, SplitMix.mix(id));
  }

  /** Of the first {@code count} of these. */
  static Coverage of(long[] ids, int count) {
    return new Coverage(count, Arrays.stream(ids, 0, count).map(SplitMix::mix).sum());
  }

  /** Of these and others. */
  public Coverage plus(Coverage other) {
    return new Coverage(examples + other.examples, idSum + other.idSum);
  }
}

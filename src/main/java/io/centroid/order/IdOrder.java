package io.centroid.order;

import io.centroid.error.JobException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * How ids order examples.
 *
 * @param first the smallest id that there may be
 * @param last the largest id that there may be
 * @param numbersEqualIds whether examples of one id are numbered, in its lowest {@link
 *     ContentId#NUMBER_BITS} bits, which are 0 so far; otherwise no two may have the same
 */
public record IdOrder(long first, long last, boolean numbersEqualIds) implements Serializable {
  /** Of ids that are hashes, {@link ContentId}. */
  public static final IdOrder OF_CONTENTS = new IdOrder(0, Long.MAX_VALUE, true);

  /** Of ids that are hashes of names, none twice. */
  public static final IdOrder OF_NAMES = new IdOrder(0, Long.MAX_VALUE, false);

  /** Of ids that were given. */
  public static IdOrder between(long first, long last) {
    return new IdOrder(first, last, false);
  }

  /**
   * Sorts examples with one shuffle.
   *
   * @param partitions how many the result has, each a range of ids, as wide as the others
   */
  public <T extends Identified<T>> JavaRDD<T> sorted(JavaRDD<T> examples, int partitions) {
    return examples
        .mapToPair(example -> new Tuple2<>(new SortKey(example.id(), example.tie()), example))
        .repartitionAndSortWithinPartitions(new IdRanges(partitions, first, last))
        .values()
        .mapPartitions(new Numbering<>(numbersEqualIds));
  }

  /** Numbers examples of one id, of which one follows the other. */
  private record Numbering<T extends Identified<T>>(boolean numbers)
      implements FlatMapFunction<Iterator<T>, T> {

    @Override
    public Iterator<T> call(Iterator<T> examples) {
      return numbers ? new Numbered<>(examples) : examples;
    }
  }

  private static final class Numbered<T extends Identified<T>> implements Iterator<T> {
    private static final int MOST = 1 << ContentId.NUMBER_BITS;

    private final Iterator<T> examples;
    private long id = -1;
    private int number;

    Numbered(Iterator<T> examples) {
      this.examples = examples;
    }

    @Override
    public boolean hasNext() {
      return examples.hasNext();
    }

    @Override
    public T next() {
      T example = examples.next();
      number = example.id() == id ? number + 1 : 0;
      id = example.id();
      if (number == MOST) {
        throw JobException.data(
            "Cannot tell rows apart: found more than %,d equal ones, expected fewer. Name a column that numbers them as their id."
                .formatted(MOST));
      }
      return example.withId(id + number);
    }
  }
}

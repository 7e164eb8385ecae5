package io.centroid.deal;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;

/** Rows that are in the order of their ids, as examples to train on. */
public final class RankedExamples {
  private RankedExamples() {}

  /** Makes an example of a row. */
  @FunctionalInterface
  public interface Maker<T> extends Serializable {
    /** The example of a row that has this rank. */
    TrainingExample example(long rank, T row);
  }

  /**
   * Makes an example of each row.
   *
   * @param firstRanks how many rows there are before each partition
   */
  public static <T> JavaRDD<TrainingExample> of(
      JavaRDD<T> rows, long[] firstRanks, Maker<T> maker) {
    return rows.mapPartitionsWithIndex(new Ranked<>(firstRanks, maker), true);
  }

  @SuppressWarnings("ArrayRecordComponent") // handed to a task
  private record Ranked<T>(long[] firstRanks, Maker<T> maker)
      implements Function2<Integer, Iterator<T>, Iterator<TrainingExample>> {

    @Override
    public Iterator<TrainingExample> call(Integer partition, Iterator<T> rows) {
      return new Iterator<>() {
        private long rank = firstRanks[partition];

        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public TrainingExample next() {
          return maker.example(rank++, rows.next());
        }
      };
    }
  }
}

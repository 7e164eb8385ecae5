package io.centroid.ml;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.data.DataSet;
import io.centroid.deal.RankedExamples;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;

/**
 * Rows brought into the order of their ids, counted, and dealt to workers: those to train on and
 * those that validate. What comes to the driver does not grow with them.
 */
final class DealtRows {
  private final JavaRDD<RowExample> sorted;
  private final List<Part> parts;

  private DealtRows(JavaRDD<RowExample> sorted, List<Part> parts) {
    this.sorted = sorted;
    this.parts = parts;
  }

  /**
   * What a partition holds.
   *
   * @param training rows to train on
   * @param validating rows that validate
   * @param narrowest the least features of a row
   * @param widest the most
   * @param labels how many rows to train on there are of each class
   * @param twice an id that comes twice; null for none
   */
  @SuppressWarnings("ArrayRecordComponent") // counts
  @DefaultSerializer(RecordSerializer.class)
  record Part(
      Coverage training, Coverage validating, int narrowest, int widest, long[] labels, Long twice)
      implements Serializable {

    Coverage of(boolean validates) {
      return validates ? validating : training;
    }
  }

  /** Sorts and counts. */
  static DealtRows of(TrainingRows rows, Dataset<?> dataset) {
    JavaRDD<RowExample> examples = rows.examples(dataset);
    int partitions = Math.max(1, Math.min(examples.getNumPartitions(), 1 << 10));
    JavaRDD<RowExample> sorted = rows.order(dataset).sorted(examples, partitions);
    List<Part> parts = sorted.mapPartitions(DealtRows::count).collect();
    return new DealtRows(sorted, parts);
  }

  private static Iterator<Part> count(Iterator<RowExample> rows) {
    Coverage training = Coverage.NONE;
    Coverage validating = Coverage.NONE;
    int narrowest = Integer.MAX_VALUE;
    int widest = 0;
    long[] labels = new long[0];
    Long twice = null;
    long before = 0;
    boolean any = false;
    while (rows.hasNext()) {
      RowExample row = rows.next();
      twice = any && before == row.id() ? Long.valueOf(before) : twice;
      before = row.id();
      any = true;
      int width = row.features().length / Float.BYTES;
      narrowest = Math.min(narrowest, width);
      widest = Math.max(widest, width);
      if (row.validates()) {
        validating = validating.plus(Coverage.of(row.id()));
      } else {
        training = training.plus(Coverage.of(row.id()));
      }
      if (row.label() >= labels.length) {
        labels = Arrays.copyOf(labels, row.label() + 1);
      }
      labels[row.label()] += row.validates() ? 0 : 1;
    }
    return List.of(new Part(training, validating, narrowest, widest, labels, twice)).iterator();
  }

  /** How many features each row has. */
  int features() {
    int narrowest = parts.stream().mapToInt(Part::narrowest).min().orElse(0);
    int widest = parts.stream().mapToInt(Part::widest).max().orElse(0);
    if (narrowest != widest) {
      throw new IllegalArgumentException(
          "Cannot train: found vectors of size %d and of size %d, expected one size."
              .formatted(narrowest, widest));
    }
    return widest;
  }

  /** One more than the largest label. */
  int classes() {
    return parts.stream().mapToInt(part -> part.labels().length).max().orElse(0);
  }

  /** Makes sure that there is something to learn. */
  void requireUsable() {
    Optional<Long> twice = parts.stream().map(Part::twice).filter(Objects::nonNull).findFirst();
    if (twice.isPresent()) {
      throw new IllegalArgumentException(
          "Cannot train: found two rows with id %d, expected ids that differ."
              .formatted(twice.get()));
    }
    long count = coverage(false).examples();
    if (count == 0) {
      throw new IllegalArgumentException("Cannot train: found no rows to train on, expected some.");
    }
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Cannot train: found %,d rows, expected at most %,d."
              .formatted(count, Integer.MAX_VALUE));
    }
    long[] labels = new long[classes()];
    parts.forEach(
        part ->
            Arrays.setAll(
                labels, i -> labels[i] + (i < part.labels().length ? part.labels()[i] : 0)));
    if (Arrays.stream(labels).filter(each -> each > 0).count() < 2) {
      throw new IllegalArgumentException(
          "Cannot train: found rows of one class, %s, expected two classes or more."
              .formatted(
                  IntStream.range(0, labels.length)
                      .filter(i -> labels[i] > 0)
                      .findFirst()
                      .orElse(0)));
    }
  }

  /** Whether there are rows that validate. */
  boolean hasValidation() {
    return coverage(true).examples() > 0;
  }

  private Coverage coverage(boolean validates) {
    return parts.stream().map(part -> part.of(validates)).reduce(Coverage.NONE, Coverage::plus);
  }

  /**
   * Deals rows to workers.
   *
   * @param validates those that validate, or the others
   * @param labelSmoothing share of a label that is spread over all classes
   */
  WorkerShares deal(
      boolean validates, DataSet dataSet, int workers, long seed, double labelSmoothing) {
    long[] firstRanks = new long[parts.size()];
    for (int part = 1; part < firstRanks.length; part++) {
      firstRanks[part] = firstRanks[part - 1] + parts.get(part - 1).of(validates).examples();
    }
    int classes = dataSet.classes();
    return WorkerShares.deal(
        RankedExamples.of(
            sorted.filter(row -> row.validates() == validates),
            firstRanks,
            (rank, row) ->
                new TrainingExample(
                    rank,
                    row.id(),
                    row.weight(),
                    row.features(),
                    TrainingExample.oneHot(row.label(), classes, labelSmoothing))),
        coverage(validates),
        new ExampleShape(new long[] {dataSet.features()}, new long[] {dataSet.classes()}),
        workers,
        seed);
  }
}

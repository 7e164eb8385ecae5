package io.centroid.evaluate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Examples to classify together.
 *
 * @param labels {@code int[n]}: the truth, 0 to 9
 * @param features {@code float[n × 3072]}, normalized as the network was trained, example after
 *     example
 */
@SuppressWarnings("ArrayRecordComponent") // lives within a task
public record LabeledBatch(int[] labels, float[] features) {
  private static final int SIZE = 256;

  /** One example on its way into a batch. */
  @SuppressWarnings("ArrayRecordComponent") // lives within a task
  public record Entry(int label, float[] features) {}

  /** Packs examples into batches of 256, the last one smaller, as the iterator is read. */
  public static Iterator<LabeledBatch> pack(Iterator<Entry> entries) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public LabeledBatch next() {
        List<Entry> batch = new ArrayList<>(SIZE);
        do {
          batch.add(entries.next());
        } while (batch.size() < SIZE && entries.hasNext());
        return of(batch);
      }
    };
  }

  private static LabeledBatch of(List<Entry> batch) {
    int length = batch.get(0).features().length;
    int[] labels = new int[batch.size()];
    float[] features = new float[batch.size() * length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = batch.get(i).label();
      System.arraycopy(batch.get(i).features(), 0, features, i * length, length);
    }
    return new LabeledBatch(labels, features);
  }
}

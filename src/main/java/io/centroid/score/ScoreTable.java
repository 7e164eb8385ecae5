package io.centroid.score;

import io.centroid.compute.Predictor;
import io.centroid.data.DataSet;
import io.centroid.evaluate.Classifier;
import io.centroid.example.FeatureCoding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The table of scores, one row for each image: {@code id}, the predicted {@code label} and {@code
 * class}, the probability of each class in {@code p_<class>}, and {@code problem}, which is null
 * but for images that cannot be read; those have nothing else.
 */
final class ScoreTable {
  private static final int BEFORE_PROBABILITIES = 3;

  private ScoreTable() {}

  static StructType schema(List<String> classNames) {
    List<StructField> fields = new ArrayList<>();
    fields.add(DataTypes.createStructField("id", DataTypes.StringType, false));
    fields.add(DataTypes.createStructField("label", DataTypes.IntegerType, true));
    fields.add(DataTypes.createStructField("class", DataTypes.StringType, true));
    for (String name : columns(classNames)) {
      fields.add(DataTypes.createStructField(name, DataTypes.FloatType, true));
    }
    fields.add(DataTypes.createStructField("problem", DataTypes.StringType, true));
    return DataTypes.createStructType(fields);
  }

  /**
   * Spark tells columns apart by more than the case of their letters; so the label is added then.
   */
  private static List<String> columns(List<String> classNames) {
    Map<String, Long> alike =
        classNames.stream()
            .collect(
                Collectors.groupingBy(
                    name -> name.toLowerCase(Locale.ROOT), Collectors.counting()));
    return IntStream.range(0, classNames.size())
        .mapToObj(
            label -> {
              String name = classNames.get(label);
              boolean isOnly = alike.get(name.toLowerCase(Locale.ROOT)) == 1;
              return "p_" + name + (isOnly ? "" : "_" + label);
            })
        .toList();
  }

  /** Classifies the pictures of one partition, in batches, one network per task. */
  record Task(
      Broadcast<Classifier> classifier, DataSet dataSet, FeatureCoding coding, ScoreTally tally)
      implements FlatMapFunction<Iterator<Picture>, Row> {
    private static final int MOST = 256;
    private static final int MOST_VALUES = 1 << 22;

    /** How many are classified together. */
    int batch() {
      return Math.max(1, Math.min(MOST, MOST_VALUES / dataSet.features()));
    }

    @Override
    public Iterator<Row> call(Iterator<Picture> pictures) {
      Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters());
      TaskCompletionListener close = task -> predictor.close();
      TaskContext.get().addTaskCompletionListener(close);
      return new Scores(this, pictures, predictor);
    }
  }

  /** Rows as they are asked for, a batch of pictures at a time in memory. */
  private static final class Scores implements Iterator<Row> {
    private final Iterator<Picture> pictures;
    private final Predictor predictor;
    private final FeatureCoding coding;
    private final DataSet dataSet;
    private final ScoreTally.OfTask tally;
    private final float[] features;
    private final int most;
    private final Deque<Row> ready = new ArrayDeque<>();

    Scores(Task task, Iterator<Picture> pictures, Predictor predictor) {
      this.pictures = pictures;
      this.predictor = predictor;
      this.coding = task.coding();
      this.dataSet = task.dataSet();
      this.tally = task.tally().ofTask();
      this.most = task.batch();
      this.features = new float[most * dataSet.features()];
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || pictures.hasNext();
    }

    @Override
    public Row next() {
      if (ready.isEmpty()) {
        score();
      }
      return ready.remove();
    }

    private void score() {
      int count = dataSet.features();
      List<Picture> batch = new ArrayList<>(most);
      int readable = 0;
      do {
        Picture picture = pictures.next();
        batch.add(picture);
        if (picture.isReadable()) {
          coding.decode(picture.features(), 0, features, readable * count, count);
          readable++;
        }
      } while (batch.size() < most && pictures.hasNext());
      float[] probabilities =
          readable == 0 ? new float[0] : predictor.probabilities(features, readable);
      int at = 0;
      for (Picture picture : batch) {
        if (picture.isReadable()) {
          ready.add(row(picture.id(), probabilities, at));
          at += dataSet.classes();
        } else {
          ready.add(row(picture.id(), picture.problem()));
        }
        tally.add(picture);
      }
    }

    private Row row(String id, float[] probabilities, int at) {
      Object[] values = emptyRow(id);
      int best = 0;
      for (int c = 0; c < dataSet.classes(); c++) {
        values[BEFORE_PROBABILITIES + c] = probabilities[at + c];
        if (probabilities[at + c] > probabilities[at + best]) {
          best = c;
        }
      }
      values[1] = best;
      values[2] = dataSet.classNames().get(best);
      return RowFactory.create(values);
    }

    private Row row(String id, String problem) {
      Object[] values = emptyRow(id);
      values[values.length - 1] = problem;
      return RowFactory.create(values);
    }

    private Object[] emptyRow(String id) {
      Object[] values = new Object[BEFORE_PROBABILITIES + dataSet.classes() + 1];
      values[0] = id;
      return values;
    }
  }
}

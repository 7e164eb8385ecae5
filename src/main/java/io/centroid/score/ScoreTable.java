package io.centroid.score;

import io.centroid.compute.Predictor;
import io.centroid.data.DataSet;
import io.centroid.evaluate.Classifier;
import io.centroid.example.FeatureCoding;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

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
    for (String name : classNames) {
      fields.add(DataTypes.createStructField("p_" + name, DataTypes.FloatType, true));
    }
    fields.add(DataTypes.createStructField("problem", DataTypes.StringType, true));
    return DataTypes.createStructType(fields);
  }

  /** Classifies the pictures of one partition, in batches, one network per task. */
  record Task(
      Broadcast<Classifier> classifier, DataSet dataSet, FeatureCoding coding, ScoreTally tally)
      implements FlatMapFunction<Iterator<Picture>, Row> {
    private static final int BATCH = 256;

    @Override
    public Iterator<Row> call(Iterator<Picture> pictures) {
      List<Row> rows = new ArrayList<>();
      List<ScoreTally.Problem> problems = new ArrayList<>();
      List<Picture> batch = new ArrayList<>(BATCH);
      float[] features = new float[BATCH * dataSet.features()];
      try (Predictor predictor =
          Predictor.of(classifier.value().configurationJson(), classifier.value().parameters())) {
        while (pictures.hasNext()) {
          Picture picture = pictures.next();
          batch.add(picture);
          if (!picture.isReadable()) {
            problems.add(new ScoreTally.Problem(picture.id(), picture.problem()));
          }
          if (batch.size() == BATCH || !pictures.hasNext()) {
            score(predictor, batch, features, rows);
            batch.clear();
          }
        }
      }
      tally.add(rows.size(), problems);
      return rows.iterator();
    }

    private void score(Predictor predictor, List<Picture> batch, float[] features, List<Row> rows) {
      int readable = 0;
      for (Picture picture : batch) {
        if (picture.isReadable()) {
          int count = dataSet.features();
          coding.decode(picture.features(), 0, features, readable * count, count);
          readable++;
        }
      }
      float[] probabilities =
          readable == 0 ? new float[0] : predictor.probabilities(features, readable);
      int at = 0;
      for (Picture picture : batch) {
        if (picture.isReadable()) {
          rows.add(row(picture.id(), probabilities, at));
          at += dataSet.classes();
        } else {
          rows.add(row(picture.id(), picture.problem()));
        }
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

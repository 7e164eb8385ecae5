package io.centroid.evaluate;

import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Predicts the classes of the test images of a shard set, on the executors. */
public final class PredictionJob {
  private PredictionJob() {}

  /**
   * Predicts with a model's own normalization, whatever the shards' is.
   *
   * @return one prediction for each test image, of a million where there are more, in ascending
   *     order of ids
   * @throws JobException with category DATA when the model is of other classes or features
   */
  public static TestPredictions predict(
      JavaSparkContext context, ShardSet shards, PublishedModel model) {
    DataSet dataSet = shards.manifest().dataSet();
    if (!model.card().dataSet().fits(dataSet)) {
      throw JobException.data(
          "Cannot predict test %s of %s with a model of %s: found %s, expected the same. Use a model of these."
              .formatted(
                  dataSet.examplesAreCalled(),
                  dataSet.title(),
                  model.card().dataset(),
                  model.card().dataSet().difference(dataSet)));
    }
    int classes = dataSet.classes();
    KeptPredictions kept = new KeptPredictions(shards.manifest().count(Split.TEST));
    return new TestPredictions(
        SplitPass.over(context, shards, Split.TEST, model, () -> begin(classes, kept)).stream()
            .flatMap(List::stream)
            .toList());
  }

  private static ExampleTally<Example, List<Prediction>> begin(int classes, KeptPredictions kept) {
    List<Prediction> predictions = new ArrayList<>();
    return new ExampleTally<>() {
      @Override
      public void add(Example example, float[] probabilities, int from) {
        if (kept.has(example.id())) {
          predictions.add(Prediction.of(example, probabilities, from, classes));
        }
      }

      @Override
      public List<Prediction> result() {
        return predictions;
      }
    };
  }
}

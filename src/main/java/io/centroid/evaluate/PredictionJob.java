package io.centroid.evaluate;

import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Predicts the class of every test image of a shard set, on the executors. */
public final class PredictionJob {
  private PredictionJob() {}

  /**
   * Predicts with a model's own normalization, whatever the shards' is.
   *
   * @return one prediction for each test image, in ascending order of ids
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
    return new TestPredictions(
        SplitPass.over(context, shards, Split.TEST, model, () -> begin(classes)).stream()
            .flatMap(List::stream)
            .toList());
  }

  private static ExampleTally<Example, List<Prediction>> begin(int classes) {
    List<Prediction> predictions = new ArrayList<>();
    return new ExampleTally<>() {
      @Override
      public void add(Example example, float[] probabilities, int from) {
        predictions.add(Prediction.of(example, probabilities, from, classes));
      }

      @Override
      public List<Prediction> result() {
        return predictions;
      }
    };
  }
}

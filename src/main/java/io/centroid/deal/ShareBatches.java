package io.centroid.deal;

import io.centroid.evaluate.FeatureBatch;
import io.centroid.evaluate.Truth;
import io.centroid.example.ExampleShape;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Dealt examples as batches to classify. */
public final class ShareBatches {
  private ShareBatches() {}

  /** A batch for each block; labels are one-hot, not smoothed. */
  public static JavaRDD<FeatureBatch<Truth>> of(WorkerShares split) {
    ExampleShape shape = split.shape();
    return split.shares().flatMap(WorkerShare::blocks).map(block -> batch(block, shape));
  }

  private static FeatureBatch<Truth> batch(ExampleBlock block, ExampleShape shape) {
    int count = shape.featureCount();
    List<Truth> truths = new ArrayList<>(block.size());
    float[] features = new float[block.size() * count];
    int coded = block.features().length / block.size();
    for (int i = 0; i < block.size(); i++) {
      int label = 0;
      while (block.labels()[i * shape.labelCount() + label] == 0) {
        label++;
      }
      truths.add(new Truth(label, block.weights()[i]));
      shape.coding().decode(block.features(), i * coded, features, i * count, count);
    }
    return new FeatureBatch<>(truths, features);
  }
}

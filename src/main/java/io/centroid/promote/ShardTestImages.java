package io.centroid.promote;

import io.centroid.error.JobException;
import io.centroid.evaluate.PredictionJob;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.TestPredictions;
import io.centroid.run.Provenance;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** The test images of a shard set. */
public final class ShardTestImages {
  private ShardTestImages() {}

  /**
   * Predicts the test split of the shard set that a run was trained on.
   *
   * @param shards where that shard set is
   * @param model directory of the model that predicts
   * @param run tells which shard set it was
   * @throws JobException with category DATA when another shard set is there
   */
  public static TestPredictions predict(
      JavaSparkContext context, Path shards, Path model, Provenance run) throws IOException {
    ShardSet found = ShardSet.open(shards, context.hadoopConfiguration());
    if (!found.manifest().fingerprint().equals(run.shardFingerprint())) {
      throw JobException.data(
          "Cannot predict the run's test images: found another shard set in %s, expected the one it was trained on. Use --shards with that one, or train on this one."
              .formatted(shards));
    }
    return PredictionJob.predict(
        context, found, PublishedModel.read(model, context.hadoopConfiguration()));
  }
}

package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.Normalization;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.model.ModelCard;
import io.centroid.shard.Manifest;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Measures a published model on a split of a shard set. */
public final class EvaluationJob {
  private final JavaSparkContext context;
  private final Path modelPath;
  private final Path shardsPath;
  private final Split split;

  /**
   * Creates a job.
   *
   * @param model a run's directory or its {@code model.zip}
   * @param shards a shard set that the preparation published
   */
  public EvaluationJob(JavaSparkContext context, Path model, Path shards, Split split) {
    this.context = context;
    this.modelPath = model;
    this.shardsPath = shards;
    this.split = split;
  }

  /**
   * Measures.
   *
   * @throws JobException when the model or the shards cannot be read, do not fit each other, or the
   *     split is empty
   */
  public Metrics execute() throws IOException {
    PublishedModel model = PublishedModel.read(modelPath, context.hadoopConfiguration());
    ShardSet shards = ShardSet.open(shardsPath, context.hadoopConfiguration());
    checkFit(model.card(), shards.manifest());
    return ShardEvaluation.evaluate(context, shards, split, model);
  }

  private void checkFit(ModelCard card, Manifest manifest) {
    if (!card.dataSet().fits(manifest.dataSet())) {
      throw JobException.data(
          "Cannot evaluate model %s of %s on shards of %s: found %s, expected the same. Use another --shards."
              .formatted(
                  modelPath,
                  card.dataset(),
                  manifest.dataset(),
                  card.dataSet().difference(manifest.dataSet())));
    }
    boolean sameKind = card.normalization() == manifest.normalization().kind();
    boolean sameStatistics =
        card.normalization() != Normalization.STANDARDIZE
            || (card.mean().equals(manifest.normalization().mean())
                && card.deviation().equals(manifest.normalization().deviation()));
    if (!sameKind || !sameStatistics) {
      throw JobException.data(
          "Cannot evaluate model "
              + modelPath
              + ": found shards with normalization "
              + Choice.name(manifest.normalization().kind())
              + (sameKind ? " by other statistics" : "")
              + ", expected "
              + Choice.name(card.normalization())
              + " as the model was trained with. Evaluate on shards prepared together with the"
              + " training shards.");
    }
    if (manifest.count(split) == 0) {
      throw JobException.settings(
          "Cannot evaluate on split "
              + Choice.name(split)
              + ": found no images of it in "
              + shardsPath
              + ", expected some. Use another --split, or prepare with"
              + " prepare.validation-fraction above 0.");
    }
  }
}

package io.centroid.evaluate;

import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.shard.Example;
import io.centroid.shard.ShardSet;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * All that a run keeps of how its model does on the test images.
 *
 * @param metrics how good it is
 * @param predictions what it says of every image, or of a million
 * @param gallery calibration, and images to look at
 */
public record Examination(Metrics metrics, TestPredictions predictions, Gallery gallery) {

  /** Examines a model in one pass over the test split. */
  public static Examination of(JavaSparkContext context, ShardSet shards, PublishedModel model) {
    DataSet dataSet = shards.manifest().dataSet();
    int classes = dataSet.classes();
    KeptPredictions kept = new KeptPredictions(shards.manifest().count(Split.TEST));
    List<Part> parts =
        SplitPass.over(context, shards, Split.TEST, model, () -> new PartTally(dataSet, kept));
    return new Examination(
        Metrics.of(
            dataSet,
            Choice.name(Split.TEST),
            parts.stream().map(Part::counts).reduce(Counts.empty(classes), Counts::plus)),
        new TestPredictions(parts.stream().flatMap(part -> part.predictions.stream()).toList()),
        parts.stream()
            .map(Part::gallery)
            .reduce(GalleryTally.empty(classes), GalleryTally::plus)
            .gallery());
  }

  /**
   * What one partition comes to.
   *
   * @param counts what the metrics are made of
   * @param gallery what may get into the gallery
   * @param predictions those that are kept, in the order of the shard
   */
  record Part(Counts counts, GalleryTally gallery, List<Prediction> predictions)
      implements Serializable {}

  private static final class PartTally implements ExampleTally<Example, Part> {
    private final DataSet dataSet;
    private final KeptPredictions kept;
    private final Tally<Example> counts;
    private final GalleryTally gallery;
    private final List<Prediction> predictions = new ArrayList<>();

    PartTally(DataSet dataSet, KeptPredictions kept) {
      this.dataSet = dataSet;
      this.kept = kept;
      this.counts = Tally.ofExamples(dataSet.classes());
      this.gallery = GalleryTally.empty(dataSet.classes());
    }

    @Override
    public void add(Example example, float[] probabilities, int from) {
      Prediction prediction = Prediction.of(example, probabilities, from, dataSet.classes());
      counts.add(example, probabilities, from);
      gallery.add(prediction, example.features(), dataSet.shape());
      if (kept.has(example.id())) {
        predictions.add(prediction);
      }
    }

    @Override
    public Part result() {
      return new Part(counts.result(), gallery, predictions);
    }
  }
}

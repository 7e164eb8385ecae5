package io.centroid.benchmark;

import io.centroid.data.Split;
import io.centroid.job.Phases;
import io.centroid.shard.ShardSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Spark MLlib's own multilayer perceptron with layers of the same widths, on the same shards: its
 * units are sigmoid and its optimizer is L-BFGS on the whole training split, so a pass is a pass
 * but not the same training.
 */
final class MllibPerceptron {
  private static final int ITERATIONS = 30;

  private final SparkSession session;
  private final ShardSet shards;
  private final Phases phases;

  MllibPerceptron(JavaSparkContext context, ShardSet shards, Phases phases) {
    this.session = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
    this.shards = shards;
    this.phases = phases;
  }

  /** Trains once and prints a row of {@link AccuracyBenchmark}'s table. */
  void run() {
    Dataset<Row> training =
        ShardRows.of(session, shards, Split.TRAIN).persist(StorageLevel.MEMORY_AND_DISK());
    training.count();
    long begin = System.nanoTime();
    MultilayerPerceptronClassificationModel model =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {3072, 200, 150, 10})
            .setMaxIter(ITERATIONS)
            .setTol(0)
            .setSeed(1)
            .fit(training);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(ShardRows.of(session, shards, Split.TEST)));
    int passes = model.summary().objectiveHistory().length;
    phases.say(
        "%-44s %9.2f %9d %9.1f %7.2f %%",
        "MLlib perceptron, L-BFGS", seconds / passes, passes, seconds, 100 * accuracy);
    training.unpersist();
  }
}

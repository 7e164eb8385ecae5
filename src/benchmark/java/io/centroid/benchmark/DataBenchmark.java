package io.centroid.benchmark;

import io.centroid.benchmark.Contender.Turn;
import io.centroid.compute.Predictor;
import io.centroid.compute.TrainingState;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.PublishedModel;
import io.centroid.job.Phases;
import io.centroid.score.ScoreFormat;
import io.centroid.score.ScoreJob;
import io.centroid.score.ShardPictures;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardSet;
import io.centroid.shard.ShardWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * What happens to the images of the training split beside training: read, written, dealt, scored.
 */
public final class DataBenchmark {
  private static final int BATCH = 256;

  private final SparkSession session;
  private final JavaSparkContext context;
  private final Path directory;
  private final ShardSet shards;
  private final PublishedModel model;
  private final Phases phases;

  /**
   * Creates a benchmark.
   *
   * @param directory where the shard set is
   * @param network scores as it is before training
   */
  public DataBenchmark(
      SparkSession session,
      Path directory,
      ShardSet shards,
      MultiLayerConfiguration network,
      Phases phases) {
    this.session = session;
    this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.directory = directory;
    this.shards = shards;
    this.model =
        new PublishedModel(
            PublishedModel.card(shards.manifest()),
            new Classifier(network.toJson(), TrainingState.initial(network).parameters()));
    this.phases = phases;
  }

  /** Prints images per second of each part, after one turn that warms up. */
  public void run(int repetitions) throws IOException {
    java.nio.file.Path scratch = Files.createTempDirectory("centroid-scores");
    try {
      Turns turns =
          Turns.take(
              List.of(
                  new Part("read the shards", this::read),
                  new Part("read and write them again", this::write),
                  new Part("deal them to two workers", this::deal),
                  new Part("classify, the network alone", this::predict),
                  new Part("score to a Parquet table", () -> score(scratch))),
              repetitions);
      phases.say("%-38s %9s %17s", context.sc().master(), "images/s", "min to max");
      for (String name : turns.names()) {
        phases.say(
            "%-38s %,9.0f %,8.0f %,8.0f",
            name, turns.speed(name), turns.slowest(name), turns.fastest(name));
      }
    } finally {
      FileUtils.deleteDirectory(scratch.toFile());
    }
  }

  private void predict() {
    int cores = context.defaultParallelism();
    int batches = (int) (images() / cores / BATCH);
    Classifier classifier = model.classifier();
    IntStream.range(0, cores)
        .parallel()
        .forEach(
            core -> {
              float[] features = new float[BATCH * shards.manifest().dataSet().features()];
              try (Predictor predictor =
                  Predictor.of(classifier.configurationJson(), classifier.parameters())) {
                for (int batch = 0; batch < batches; batch++) {
                  predictor.probabilities(features, BATCH);
                }
              }
            });
  }

  private void read() {
    shards.examples(context, Split.TRAIN).count();
  }

  /** To local files, wherever the executors are. */
  private void write() {
    RowFormat format = shards.format();
    shards
        .examples(context, Split.TRAIN)
        .foreachPartition(
            examples -> {
              java.nio.file.Path scratch = Files.createTempDirectory("centroid-shard");
              try (ShardWriter writer =
                  new ShardWriter(
                      new Path(scratch.toUri()),
                      "part-00000.parquet",
                      Split.TRAIN,
                      format,
                      0,
                      new Configuration())) {
                while (examples.hasNext()) {
                  writer.write(examples.next());
                }
                writer.commit();
              } finally {
                FileUtils.deleteDirectory(scratch.toFile());
              }
            });
  }

  private void deal() {
    ShardExamples.deal(context, shards, Split.TRAIN, 2, 1).close();
  }

  private void score(java.nio.file.Path scratch) {
    try {
      new ScoreJob(
              session,
              model,
              new ShardPictures(directory, List.of(Split.TRAIN)),
              ScoreJob.target(
                  new Path(scratch.resolve("scores").toUri()), context.hadoopConfiguration()),
              ScoreFormat.PARQUET,
              true,
              new Phases(
                  new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)))
          .execute();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot score: " + e.getMessage(), e);
    }
  }

  private long images() {
    return shards.manifest().count(Split.TRAIN);
  }

  /** One part of the work, over all images of the split. */
  private final class Part implements Contender {
    private final String name;
    private final Runnable work;

    Part(String name, Runnable work) {
      this.name = name;
      this.work = work;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Turn turn() {
      return Contender.timed(images(), work);
    }
  }
}

package io.centroid.benchmark;

import io.centroid.config.Settings;
import io.centroid.data.Split;
import io.centroid.job.Phases;
import io.centroid.ml.CentroidClassifier;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.BLAS$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The estimator against Spark's own {@link MultilayerPerceptronClassifier}: whole calls of {@code
 * fit} with the same layers on the same cached DataFrame, each with several numbers of epochs or
 * iterations, in turn; then the loss of the training rows and the accuracy of the test rows. And
 * rows per second of {@code transform}.
 */
final class PerceptronBenchmark {
  private static final int[] EPOCHS = {1, 3, 10, 20};
  private static final int[] ITERATIONS = {25, 100};
  private static final int SEED = 1;
  private static final String PERCEPTRON = "MLlib's perceptron";

  private final SparkSession session;
  private final ShardSet shards;
  private final Settings settings;
  private final Phases phases;

  PerceptronBenchmark(SparkSession session, ShardSet shards, Settings settings, Phases phases) {
    this.session = session;
    this.shards = shards;
    this.settings = settings;
    this.phases = phases;
  }

  /**
   * A way to train.
   *
   * @param group who trains, whatever the number of epochs or iterations
   */
  private record Way(String group, String length, Function<Dataset<Row>, Transformer> fit) {
    String name() {
      return group + ", " + length;
    }
  }

  /** What came of a way: the loss of the training rows, and the accuracy of the test rows. */
  private record Result(Way way, List<Double> seconds, double loss, double accuracy) {
    double median() {
      return Turns.median(seconds, second -> second);
    }
  }

  /** Prints what each came to in which time, and the times to the same loss and accuracy. */
  void run(int repetitions) {
    Dataset<Row> training = ShardRows.of(session, shards, Split.TRAIN);
    Dataset<Row> test = ShardRows.of(session, shards, Split.TEST);
    for (Dataset<Row> rows : List.of(training, test)) {
      rows.persist(StorageLevel.MEMORY_AND_DISK()).count();
    }
    phases.say("MLlib's products: %s", BLAS$.MODULE$.nativeBLAS().getClass().getSimpleName());
    phases.say("layers %s, %,d rows", Arrays.toString(layers()), training.count());
    List<Transform> transforms = // made first, so that both have warmed up
        List.of(
            new Transform("transform, Centroid", centroid("relu", 1).apply(training), training),
            new Transform("transform, " + PERCEPTRON, perceptron(2).apply(training), training));
    List<Way> ways = ways();
    List<Result> results = new ArrayList<>();
    for (int turn = 0; turn < repetitions; turn++) {
      for (int i = 0; i < ways.size(); i++) {
        Way way = ways.get(i);
        long begin = System.nanoTime();
        Transformer model = way.fit().apply(training);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (turn == 0) {
          results.add(
              new Result(
                  way,
                  new ArrayList<>(),
                  evaluate("logLoss", model.transform(training)),
                  evaluate("accuracy", model.transform(test))));
        }
        results.get(i).seconds().add(seconds);
      }
    }
    print(results);
    print(Turns.take(List.copyOf(transforms), repetitions));
  }

  private void print(List<Result> results) {
    phases.say("%-52s %9s %17s %9s %9s", "", "seconds", "min to max", "loss", "accuracy");
    for (Result result : results) {
      phases.say(
          "%-52s %9.1f %8.1f %8.1f %9.4f %7.2f %%",
          result.way().name(),
          result.median(),
          result.seconds().stream().mapToDouble(second -> second).min().orElseThrow(),
          result.seconds().stream().mapToDouble(second -> second).max().orElseThrow(),
          result.loss(),
          100 * result.accuracy());
    }
    List<String> groups = results.stream().map(result -> result.way().group()).distinct().toList();
    for (Result theirs : results) {
      if (theirs.way().group().equals(PERCEPTRON)) {
        for (String group : groups.subList(0, groups.size() - 1)) {
          List<Result> ours =
              results.stream().filter(result -> result.way().group().equals(group)).toList();
          phases.say(
              "%s: %.1f s. %s: to that loss %s; in that time %s",
              theirs.way().name(),
              theirs.median(),
              group,
              toLoss(ours, theirs),
              inTime(ours, theirs));
        }
      }
    }
  }

  private static String toLoss(List<Result> ours, Result theirs) {
    return ours.stream()
        .filter(result -> result.loss() <= theirs.loss())
        .min(Comparator.comparingDouble(Result::median))
        .map(
            result ->
                "%.1f s, %.1f times as fast"
                    .formatted(result.median(), theirs.median() / result.median()))
        .orElse("not with these epochs");
  }

  private static String inTime(List<Result> ours, Result theirs) {
    return ours.stream()
        .filter(result -> result.median() <= theirs.median())
        .reduce((fewer, more) -> more)
        .map(
            result ->
                "%.2f %% for %.2f %%".formatted(100 * result.accuracy(), 100 * theirs.accuracy()))
        .orElse("nothing");
  }

  private static double evaluate(String metric, Dataset<Row> predicted) {
    return new MulticlassClassificationEvaluator().setMetricName(metric).evaluate(predicted);
  }

  private void print(Turns turns) {
    phases.say("%-52s %9s %17s", "", "rows/s", "min to max");
    for (String name : turns.names()) {
      phases.say(
          "%-52s %,9.0f %,8.0f %,8.0f",
          name, turns.speed(name), turns.slowest(name), turns.fastest(name));
    }
  }

  /** All columns, written to nowhere. */
  private record Transform(String name, Transformer model, Dataset<Row> rows) implements Contender {
    @Override
    public Turn turn() {
      Dataset<Row> predicted = model.transform(rows);
      return Contender.timed(
          rows.count(), () -> predicted.write().format("noop").mode("overwrite").save());
    }
  }

  private List<Way> ways() {
    Stream<Way> ours =
        Stream.of("relu", "sigmoid")
            .flatMap(
                activation ->
                    IntStream.of(EPOCHS)
                        .mapToObj(
                            epochs ->
                                new Way(
                                    "Centroid, " + activation,
                                    epochs + (epochs == 1 ? " epoch" : " epochs"),
                                    centroid(activation, epochs))));
    Stream<Way> theirs =
        IntStream.of(ITERATIONS)
            .mapToObj(
                iterations ->
                    new Way(PERCEPTRON, iterations + " iterations", perceptron(iterations)));
    return Stream.concat(ours, theirs).toList();
  }

  private Function<Dataset<Row>, Transformer> centroid(String activation, int epochs) {
    return rows ->
        new CentroidClassifier()
            .setLayers(layers())
            .setActivation(activation)
            .setMaxIter(epochs)
            .setBlockSize(settings.training().minibatchSize())
            .setWorkers(settings.training().workers())
            .setAveragingFrequency(settings.averaging().frequency())
            .setSeed(SEED)
            .fit(rows);
  }

  private Function<Dataset<Row>, Transformer> perceptron(int iterations) {
    return rows ->
        new MultilayerPerceptronClassifier()
            .setLayers(layers())
            .setMaxIter(iterations)
            .setTol(0)
            .setSeed(SEED)
            .fit(rows);
  }

  private int[] layers() {
    List<Integer> layers = new ArrayList<>(settings.network().hiddenWidths());
    layers.add(0, shards.manifest().dataSet().features());
    layers.add(shards.manifest().dataSet().classes());
    return layers.stream().mapToInt(width -> width).toArray();
  }
}

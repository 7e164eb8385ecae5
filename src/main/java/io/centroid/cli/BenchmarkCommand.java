package io.centroid.cli;

import io.centroid.config.Settings;
import io.centroid.run.Phases;
import io.centroid.run.SparkSessions;
import io.centroid.shard.ShardSet;
import io.centroid.train.AveragingBenchmark;
import io.centroid.train.CentroidKryoRegistrator;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid benchmark}. */
@Command(
    name = "benchmark",
    description =
        "Measures the averaging engine against Deeplearning4j's own, on the same examples in turn.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid benchmark --shards shards",
      "  centroid benchmark --shards shards --repetitions 0 --soak-rounds 2000"
    })
final class BenchmarkCommand implements Callable<Integer> {
  @Option(
      names = "--shards",
      paramLabel = "DIR",
      required = true,
      description = "Shard set with at least 6,400 training images; any Hadoop path.")
  private Path shards;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "Turns of every engine after one that warms up; default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--soak-rounds",
      defaultValue = "0",
      description = "Rounds to watch memory over; default: ${DEFAULT-VALUE}.")
  private int soakRounds;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Override
  public Integer call() throws Exception {
    Settings settings = options.load();
    Phases phases = new Phases(System.out);
    try (SparkSession session =
        SparkSessions.open("centroid benchmark", CentroidKryoRegistrator.class.getName())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      AveragingBenchmark benchmark =
          new AveragingBenchmark(
              context,
              ShardSet.open(shards, context.hadoopConfiguration()),
              settings.network(),
              settings.training(),
              phases);
      if (repetitions > 0) {
        benchmark.compare(repetitions);
      }
      if (soakRounds > 0) {
        benchmark.soak(soakRounds);
      }
      return 0;
    }
  }
}

package io.centroid.benchmark;

import io.centroid.cli.Centroid;
import io.centroid.cli.SettingsOptions;
import io.centroid.config.Settings;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.job.SparkSessions;
import io.centroid.model.DenseNetwork;
import io.centroid.model.NativeKernels;
import io.centroid.shard.ShardSet;
import io.centroid.train.CentroidKryoRegistrator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program of {@code submit/benchmark.sh}: one part of the measurements. */
@Command(
    name = "submit/benchmark.sh",
    description = "Measures Centroid against what people would use instead.",
    mixinStandardHelpOptions = true,
    versionProvider = Centroid.Version.class,
    usageHelpAutoWidth = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  submit/benchmark.sh step --shards shards --python python3",
      "  submit/benchmark.sh averaging --shards shards --repetitions 5",
      "  submit/benchmark.sh accuracy --shards shards-all",
      "  submit/benchmark.sh frequency --shards shards --conf conf/recipes/published.conf",
      "  submit/benchmark.sh scaling --shards shards --master spark://host:7077",
      "  submit/benchmark.sh memory --shards shards --rounds 2000",
      "  submit/benchmark.sh data --shards shards",
      "  submit/benchmark.sh perceptron --shards shards --repetitions 3",
      "  submit/benchmark.sh table --examples 10000000 --features 28 --output table",
      "  submit/benchmark.sh sizes --examples 100000000 --features 2 --set network.hidden-widths=[8]"
    })
public final class Benchmark implements Callable<Integer> {
  private static final long LEAST_IMAGES = 25_600;

  /** What to measure. */
  enum Part {
    /** One worker's step on one thread. */
    STEP,
    /** Rounds of the engines. */
    AVERAGING,
    /** Seconds until 48 % of the test images. */
    ACCURACY,
    /** What averaging costs in accuracy, by workers and how often they average. */
    FREQUENCY,
    /** What more executors are worth. */
    SCALING,
    /** Memory over thousands of rounds. */
    MEMORY,
    /** Reading, writing, dealing and scoring shards. */
    DATA,
    /** The estimator and Spark's own perceptron. */
    PERCEPTRON,
    /** Many or large examples, generated. */
    SIZES,
    /** A generated table to prepare. */
    TABLE
  }

  @Parameters(
      paramLabel = "PART",
      description =
          "step: one worker's step on one thread; averaging: rounds of the engines; accuracy: seconds"
              + " until 48 %% of the test images; frequency: accuracy by workers and minibatches between"
              + " two averagings; scaling: rounds on this cluster, and what a model says of others; memory: over thousands of rounds; data: shards"
              + " read, written, dealt, scored; perceptron: the estimator and Spark's own perceptron, with the"
              + " same layers on the same rows; sizes: generated examples, as many or as large as you say;"
              + " table: a generated table of two classes, to be prepared.")
  private Part part;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      description =
          "Shard set with at least 25,600 training images; any Hadoop path. For all parts but sizes.")
  private Path shards;

  @Option(
      names = "--examples",
      defaultValue = "1000000",
      description = "Examples to generate for sizes and table; default: ${DEFAULT-VALUE}.")
  private int examples;

  @Option(
      names = "--features",
      defaultValue = "3072",
      description = "Floats of each generated example; default: ${DEFAULT-VALUE}.")
  private int features;

  @Option(names = "--output", paramLabel = "DIR", description = "Gets the table; any Hadoop path.")
  private String output;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "Turns of every contender after one that warms up; default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--rounds",
      defaultValue = "2000",
      description = "Rounds to watch memory over; default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "Python for PyTorch, if it has it; default: ${DEFAULT-VALUE}.")
  private String python;

  @Mixin private SettingsOptions options = new SettingsOptions();

  private Benchmark() {}

  /** Runs a part and ends the process with its exit code, as the job's commands do. */
  public static void main(String[] arguments) {
    Centroid.run(new Benchmark(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = options.load();
    Phases phases = new Phases(System.out);
    try (SparkSession session =
        SparkSessions.open(
            "centroid benchmark", List.of(CentroidKryoRegistrator.class.getName()), phases)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      if (part == Part.SIZES) {
        phases.say("OpenBLAS kernels in this JVM: %s", NativeKernels.inUse());
        new SizesBenchmark(context, settings, phases)
            .run(new SizesBenchmark.Size(examples, features));
        return 0;
      }
      if (part == Part.TABLE) {
        if (output == null || features < 4) {
          throw JobException.settings(
              "Cannot generate a table: found --output %s and %d --features, expected a place and at least 4."
                  .formatted(output, features));
        }
        TableGenerator.write(session, examples, features, output);
        return 0;
      }
      if (shards == null) {
        throw JobException.settings(
            "Cannot measure without shards: found no --shards, expected a shard set. Use --shards DIR.");
      }
      ShardSet set = ShardSet.open(shards, context.hadoopConfiguration());
      requireEnough(set.manifest().count(Split.TRAIN));
      MultiLayerConfiguration network =
          DenseNetwork.configuration(
              settings.network(), settings.training(), set.manifest().dataSet());
      phases.say("OpenBLAS kernels in this JVM: %s", NativeKernels.inUse());
      switch (part) {
        case STEP -> new StepBenchmark(context, set, network, python, phases).run(repetitions);
        case AVERAGING -> new AveragingBenchmark(context, set, network, phases).run(repetitions);
        case ACCURACY -> new AccuracyBenchmark(context, set, network, python, phases).run();
        case FREQUENCY -> new FrequencyBenchmark(context, set, network, settings, phases).run();
        case SCALING -> new ScalingBenchmark(context, set, settings, phases).run(repetitions);
        case MEMORY -> new MemoryBenchmark(context, set, network, phases).run(rounds);
        case DATA -> new DataBenchmark(session, shards, set, network, phases).run(repetitions);
        case PERCEPTRON -> new PerceptronBenchmark(session, set, settings, phases).run(repetitions);
        case SIZES, TABLE -> throw new IllegalStateException("needs no shards");
      }
      return 0;
    }
  }

  private void requireEnough(long trainingImages) {
    if (trainingImages < LEAST_IMAGES) {
      throw JobException.settings(
          "Cannot measure with shards %s: found %,d training images, expected at least %,d."
                  .formatted(shards, trainingImages, LEAST_IMAGES)
              + " Prepare a larger set.");
    }
  }
}

package io.centroid.train;

import io.centroid.compute.LocalStep;
import io.centroid.compute.TrainingState;
import io.centroid.config.NetworkSettings;
import io.centroid.config.TrainingSettings;
import io.centroid.data.Split;
import io.centroid.model.DenseNetwork;
import io.centroid.model.Networks;
import io.centroid.report.RoundTiming;
import io.centroid.run.Phases;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Measures the averaging engine against Deeplearning4j's own, on the same examples in the same
 * process, in turn, several times: what counts are the ratios.
 */
public final class AveragingBenchmark {
  private static final int EXAMPLES = 6_400;
  private static final int MINIBATCH = 32;
  private static final double NANOS = 1e9;
  private static final double MEGABYTE = 1 << 20;

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final MultiLayerConfiguration network;
  private final long seed;
  private final Phases phases;

  /**
   * Creates a benchmark of the network that the settings describe.
   *
   * @param shards where the examples come from; at least 6,400 training images
   */
  public AveragingBenchmark(
      JavaSparkContext context,
      ShardSet shards,
      NetworkSettings network,
      TrainingSettings training,
      Phases phases) {
    this.context = context;
    this.shards = shards;
    this.network = DenseNetwork.configuration(network, training);
    this.seed = training.seed();
    this.phases = phases;
  }

  /** Something that trains all examples once and tells what its rounds cost. */
  private interface Contender extends AutoCloseable {
    /** Trains some epochs; gives the timings of their rounds, if it knows them. */
    List<RoundTiming> train();

    /** Epochs that one call trains. */
    int epochs();

    @Override
    void close();
  }

  /** Prints images/s, ratios and milliseconds outside compute, for every engine in turn. */
  public void compare(int repetitions) {
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put("stock, Direct, guarded     W=2 F=5", stock(5));
    contenders.put("stock, Export              W=2 F=5", export(5));
    contenders.put("centroid, general step     W=2 F=5", engine(LocalStep.GENERAL, 2, 5, 1));
    contenders.put("centroid, general step     W=2 F=25", engine(LocalStep.GENERAL, 2, 25, 1));
    contenders.put("centroid, fast step        W=2 F=5", engine(LocalStep.FAST, 2, 5, 4));
    contenders.put("centroid, fast step        W=2 F=25", engine(LocalStep.FAST, 2, 25, 4));
    contenders.put("centroid, fast step        W=2 F=100", engine(LocalStep.FAST, 2, 100, 4));
    contenders.put("centroid, fast step        W=1 F=25", engine(LocalStep.FAST, 1, 25, 4));
    Map<String, double[]> speeds = new LinkedHashMap<>();
    Map<String, List<RoundTiming>> timings = new LinkedHashMap<>();
    try {
      for (int repetition = -1; repetition < repetitions; repetition++) {
        for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
          long begin = System.nanoTime();
          List<RoundTiming> rounds = entry.getValue().train();
          double seconds = (System.nanoTime() - begin) / NANOS;
          if (repetition >= 0) { // the first turn only warms up
            speeds.computeIfAbsent(entry.getKey(), key -> new double[repetitions])[repetition] =
                EXAMPLES * entry.getValue().epochs() / seconds;
            timings.computeIfAbsent(entry.getKey(), key -> new ArrayList<>()).addAll(rounds);
          }
        }
      }
    } finally {
      contenders.values().forEach(Contender::close);
    }
    print(speeds, timings);
  }

  /** Prints heap and resident memory after every tenth of the rounds. */
  public void soak(int rounds) throws IOException {
    int perEpoch = EXAMPLES / (2 * MINIBATCH * 5);
    int epochsPerLine = Math.max(1, rounds / perEpoch / 10);
    phases.say("%8s %14s %16s %22s", "rounds", "heap used MB", "resident MB", "outside compute ms");
    try (Engine engine = engine(LocalStep.FAST, 2, 5, epochsPerLine)) {
      for (int done = 0; done < rounds; done += perEpoch * epochsPerLine) {
        List<RoundTiming> timings = engine.train();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        phases.say(
            "%8d %14.1f %16.1f %22.1f",
            done + timings.size(),
            (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE,
            residentMegabytes(),
            median(timings.stream().mapToDouble(AveragingBenchmark::outsideCompute).toArray()));
      }
    }
  }

  private void print(Map<String, double[]> speeds, Map<String, List<RoundTiming>> timings) {
    double stock =
        Math.max(
            median(speeds.get("stock, Direct, guarded     W=2 F=5")),
            median(speeds.get("stock, Export              W=2 F=5")));
    phases.say(
        "%-36s %9s %17s %8s %16s", "b = 32", "images/s", "min to max", "ratio", "ms/round outside");
    speeds.forEach(
        (name, values) -> {
          double[] outside =
              timings.get(name).stream().mapToDouble(AveragingBenchmark::outsideCompute).toArray();
          phases.say(
              "%-36s %,9.0f %,8.0f %,8.0f %8.1f %16s",
              name,
              median(values),
              Arrays.stream(values).min().orElseThrow(),
              Arrays.stream(values).max().orElseThrow(),
              median(values) / stock,
              outside.length == 0 ? "" : "%.1f".formatted(median(outside)));
        });
    phases.say("ratio: to the faster stock approach; outside: of the workers' compute, median");
  }

  private static double outsideCompute(RoundTiming timing) {
    return 1000 * timing.outsideCompute();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("Cannot read resident memory: found no VmRSS in /proc/self/status.");
  }

  private WorkerShares deal(int workers) {
    return ShardExamples.dealFirst(context, shards, Split.TRAIN, EXAMPLES, workers, seed);
  }

  private TrainingState start() {
    MultiLayerNetwork initial = Networks.initialized(network);
    TrainingState state = TrainingState.of(initial);
    initial.close();
    return state;
  }

  private Engine engine(LocalStep step, int workers, int frequency, int epochs) {
    WorkerShares dealt = deal(workers);
    RoundPlan plan = new RoundPlan(EXAMPLES, workers, MINIBATCH, frequency, seed);
    return new Engine(
        dealt,
        new CentroidAveraging(context, dealt, network.toJson(), step, plan, 0, 16),
        epochs,
        start());
  }

  private Contender stock(int frequency) {
    WorkerShares dealt = deal(2);
    RoundPlan plan = new RoundPlan(EXAMPLES, 2, MINIBATCH, frequency, seed);
    Engine engine =
        new Engine(dealt, new StockAveraging(context, dealt, network.toJson(), plan), 1, start());
    return new Contender() {
      @Override
      public List<RoundTiming> train() {
        engine.train();
        return List.of(); // it does not tell its compute time
      }

      @Override
      public int epochs() {
        return 1;
      }

      @Override
      public void close() {
        engine.close();
      }
    };
  }

  /** Deeplearning4j's own master as its users run it, by way of files. */
  private Contender export(int frequency) {
    WorkerShares dealt = deal(2);
    JavaRDD<DataSet> minibatches =
        dealt
            .blocks()
            .flatMap(
                block -> {
                  List<DataSet> all = new ArrayList<>();
                  for (int from = 0; from + MINIBATCH <= block.size(); from += MINIBATCH) {
                    all.add(minibatch(block, from));
                  }
                  return all.iterator();
                })
            .persist(StorageLevel.MEMORY_ONLY_SER());
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(2, MINIBATCH)
            .batchSizePerWorker(MINIBATCH)
            .averagingFrequency(frequency)
            .saveUpdater(true)
            .rngSeed(seed)
            .rddTrainingApproach(RDDTrainingApproach.Export)
            .storageLevel(null)
            .build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(context, Networks.initialized(network), master);
    return new Contender() {
      @Override
      public List<RoundTiming> train() {
        spark.fit(minibatches);
        return List.of();
      }

      @Override
      public int epochs() {
        return 1;
      }

      @Override
      public void close() {
        master.deleteTempFiles(context);
        minibatches.unpersist();
        dealt.close();
      }
    };
  }

  private static DataSet minibatch(ExampleBlock block, int from) {
    int features = block.features().length / block.size();
    int labels = block.labels().length / block.size();
    return new DataSet(
        Nd4j.create(
            Arrays.copyOfRange(block.features(), from * features, (from + MINIBATCH) * features),
            new long[] {MINIBATCH, features},
            'c'),
        Nd4j.create(
            Arrays.copyOfRange(block.labels(), from * labels, (from + MINIBATCH) * labels),
            new long[] {MINIBATCH, labels},
            'c'));
  }

  /** One of our engines, training on from where it stopped. */
  private static final class Engine implements Contender {
    private final WorkerShares shares;
    private final AveragingEngine engine;
    private final int epochs;
    private TrainingState state;
    private int epoch;

    Engine(WorkerShares shares, AveragingEngine engine, int epochs, TrainingState start) {
      this.shares = shares;
      this.engine = engine;
      this.epochs = epochs;
      this.state = start;
    }

    @Override
    public List<RoundTiming> train() {
      List<RoundTiming> timings = new ArrayList<>();
      for (int i = 0; i < epochs; i++) {
        epoch++;
        EpochResult result = engine.trainEpoch(state, epoch, (r, n, e, l) -> {});
        state = result.state();
        timings.addAll(result.rounds());
      }
      return timings;
    }

    @Override
    public int epochs() {
      return epochs;
    }

    @Override
    public void close() {
      engine.close();
      shares.close();
    }
  }
}

package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.average.AveragingEngine;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.SyntheticExamples;
import io.centroid.average.TrainingPosition;
import io.centroid.cifar.SmallImages;
import io.centroid.config.NetworkKind;
import io.centroid.config.Settings;
import io.centroid.config.TrainingSettings;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.prep.ExistingShards;
import io.centroid.prep.PrepareJob;
import io.centroid.shard.ShardSet;
import io.centroid.train.TrainingJob.FinishedRun;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.RDDInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole training job gives the same parameters however it is run. */
final class ReproducibilityIT {
  private static final SmallImages IMAGES = new SmallImages(3, 700, 100);
  private static final List<String> SETTINGS =
      List.of(
          "training.epochs=3",
          "training.workers=3",
          "training.minibatch-size=16",
          "averaging.frequency=4",
          "network.hidden-widths=[24]",
          "network.dropout=0.2",
          "training.label-smoothing=0.1",
          "training.weight-decay=0.01",
          "training.clip-norm=1",
          "training.schedule.kind=one-cycle",
          "training.augmentation.flip=true",
          "training.augmentation.crop-padding=4",
          "averaging.ema-decay=0.9");

  @TempDir private static Path directory;
  private static String expected;

  @BeforeAll
  static void trainOnce() throws Exception {
    prepare(2);
    expected = train("local[1]", Map.of(), 2, "reference");
  }

  @ParameterizedTest
  @CsvSource({"local[2], 2", "local[4], 2", "local[2], 5", "local[1], 16", "local[4], 16"})
  void onAnyMasterAndWithAnyNumberOfShards(String master, int shards) throws Exception {
    prepare(shards);
    assertThat(train(master, Map.of(), shards, master + shards)).isEqualTo(expected);
  }

  /** The other network: its first layer acts on the colour channels. */
  @Test
  void withALayerOnTheChannels() throws Exception {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.add("network.kind=channel-dense");
    settings.add("network.hidden-widths=[6, 12]");
    String once = train("local[1]", Map.of(), 2, "channels-1", settings);
    assertThat(train("local[4]", Map.of(), 2, "channels-4", settings)).isEqualTo(once);
    assertThat(once).isNotEqualTo(expected);
  }

  @Test
  void withSpeculation() throws Exception {
    Map<String, String> eager =
        Map.of(
            "spark.speculation", "true",
            "spark.speculation.interval", "1ms",
            "spark.speculation.multiplier", "1.01",
            "spark.speculation.quantile", "0.1",
            "spark.speculation.minTaskRuntime", "1ms");
    assertThat(train("local[4]", eager, 2, "speculation")).isEqualTo(expected);
  }

  /** Spark is left with a megabyte or two to keep the images in, so that they go to disk. */
  @Test
  void withSharesThatDoNotFitInMemory() throws Exception {
    Map<String, String> tight =
        Map.of("spark.testing", "true", "spark.testing.memory", Integer.toString(3 << 20));
    assertThat(train("local[2]", tight, 2, "tight")).isEqualTo(expected);
    try (SparkSession session = LocalSpark.open("local[2]", tight)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      ShardSet shards = ShardSet.open(shardsOf(2), context.hadoopConfiguration());
      TrainingSettings training = Settings.load(List.of(), SETTINGS).training();
      try (WorkerShares shares =
          ShardExamples.dealTraining(context, shards, NetworkKind.FLATTEN_DENSE, training)) {
        assertThat(shares.examples()).isEqualTo(630);
        RDDInfo stored = context.sc().getRDDStorageInfo()[0];
        assertThat(stored.diskSize()).isPositive();
      }
    }
  }

  /** Each task of each round fails once, while it reads its share. */
  @Test
  void withTasksThatFail() throws Exception {
    try (SparkSession session = LocalSpark.open("local[2,4]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      List<TrainingExample> examples = SyntheticExamples.of(203);
      RoundPlan plan = new RoundPlan(203, 3, 16, 2, 5);
      try (WorkerShares shares = SyntheticExamples.deal(context, examples, 4, 3, 5);
          AveragingEngine engine = SyntheticExamples.engine(context, shares, plan, 16);
          AveragingEngine engineOfFailing =
              SyntheticExamples.engine(context, shares.mapped(new FailOnce()), plan, 16)) {
        TrainingPosition start = TrainingPosition.before(1, SyntheticExamples.initialState());
        TrainingPosition undisturbed = engine.trainEpoch(start, RoundListener.NONE);
        TrainingPosition disturbed = engineOfFailing.trainEpoch(start, RoundListener.NONE);
        assertThat(disturbed.state().training().parameters())
            .isEqualTo(undisturbed.state().training().parameters());
        assertThat(disturbed.state().training().updaterState())
            .isDeepEqualTo(undisturbed.state().training().updaterState());
        assertThat(disturbed.tally().meanLoss()).isEqualTo(undisturbed.tally().meanLoss());
        assertThat(disturbed.tally().examples()).isEqualTo(203);
      }
    }
  }

  /** Fails the first attempt of every task. */
  private record FailOnce() implements Function<ExampleBlock, ExampleBlock> {
    @Override
    public ExampleBlock call(ExampleBlock block) {
      if (TaskContext.get().attemptNumber() == 0) {
        throw new IllegalStateException("injected failure");
      }
      return block;
    }
  }

  private static void prepare(int shards) throws Exception {
    Settings settings = Settings.load(List.of(), List.of("prepare.shards=" + shards));
    try (SparkSession session = LocalSpark.open("local[2]")) {
      new PrepareJob(
              JobSession.of(session),
              IMAGES,
              settings.prepare(),
              shardsOf(shards),
              ExistingShards.KEEP,
              silent())
          .execute();
    }
  }

  private static String train(String master, Map<String, String> spark, int shards, String name)
      throws Exception {
    return train(master, spark, shards, name, SETTINGS);
  }

  private static String train(
      String master, Map<String, String> spark, int shards, String name, List<String> assignments)
      throws Exception {
    Settings settings = Settings.load(List.of(), assignments);
    try (SparkSession session = LocalSpark.open(master, spark)) {
      FinishedRun run =
          new TrainingJob(
                  JobSession.of(session),
                  settings,
                  shardsOf(shards),
                  new org.apache.hadoop.fs.Path(directory.resolve("runs-" + name).toUri()),
                  false,
                  silent())
              .execute();
      assertThat(run.outcome().epochs()).isEqualTo(3);
      return run.outcome().parametersSha256();
    }
  }

  private static org.apache.hadoop.fs.Path shardsOf(int shards) {
    return new org.apache.hadoop.fs.Path(directory.resolve("shards-" + shards).toUri());
  }

  private static Phases silent() {
    return new Phases(
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  }
}

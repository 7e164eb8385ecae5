package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.compute.LocalStep;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.StepOptions;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import io.centroid.deal.EpochOrder;
import io.centroid.deal.ExampleOrder;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.example.Minibatch;
import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

final class CentroidAveragingIT {
  private static final List<TrainingExample> EXAMPLES = SyntheticExamples.of(203);
  private static final long SEED = 5;

  @Test
  void givesTheSameBitsOnAnyMasterAndPartitioning() throws Exception {
    String expected = train(LocalStep.GENERAL, "local[1]", Map.of(), 1, 3, 2, 16, 0);
    assertThat(train(LocalStep.GENERAL, "local[2]", Map.of(), 5, 3, 2, 16, 0)).isEqualTo(expected);
    assertThat(train(LocalStep.GENERAL, "local[4]", Map.of(), 16, 3, 2, 16, 0)).isEqualTo(expected);
    assertThat(
            train(
                LocalStep.GENERAL, "local[2]", Map.of("spark.speculation", "true"), 2, 3, 2, 16, 0))
        .isEqualTo(expected);
  }

  @Test
  void averagesInATreeOfFixedShapeWhenThereAreMoreWorkersThanFanIn() throws Exception {
    String expected = train(LocalStep.GENERAL, "local[1]", Map.of(), 2, 9, 2, 2, 0);
    assertThat(train(LocalStep.GENERAL, "local[4]", Map.of(), 7, 9, 2, 2, 0)).isEqualTo(expected);
  }

  @Test
  void outerMomentumChangesTheResult() throws Exception {
    assertThat(train(LocalStep.GENERAL, "local[2]", Map.of(), 2, 3, 2, 16, 0.5))
        .isNotEqualTo(train(LocalStep.GENERAL, "local[2]", Map.of(), 2, 3, 2, 16, 0));
  }

  /** The loss is measured before the step, so that of the last one says nothing of its result. */
  @Test
  void parametersThatAreNoNumbersAreNotHandedOn() throws Exception {
    MultiLayerConfiguration configuration = SyntheticExamples.configuration();
    for (int layer = 0; layer < 2; layer++) {
      ((BaseLayer) configuration.getConf(layer).getLayer()).setIUpdater(new Sgd(1e39));
    }
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares = SyntheticExamples.deal(context, EXAMPLES, 2, 1, SEED);
          CentroidAveraging engine =
              new CentroidAveraging(
                  context,
                  shares,
                  configuration.toJson(),
                  StepRecipe.plain(LocalStep.FAST),
                  new RoundPlan(EXAMPLES.size(), 1, EXAMPLES.size(), 1, SEED),
                  AveragingSettings.every(1))) {
        assertThatThrownBy(
                () ->
                    engine.trainEpoch(
                        TrainingPosition.before(1, TrainingState.initial(configuration)),
                        RoundListener.NONE))
            .isInstanceOfSatisfying(
                JobException.class,
                e -> assertThat(e.category()).isEqualTo(FailureCategory.DIVERGED))
            .hasMessageStartingWith(
                "Cannot go on training: found parameters that are NaN or infinite after epoch 1,");
      }
    }
  }

  @Test
  void twoTrainingsAtOnceInOneContextDoNotDisturbEachOther() throws Exception {
    String plain = train(LocalStep.GENERAL, "local[2]", Map.of(), 2, 3, 2, 16, 0);
    String tree = train(LocalStep.FAST, "local[2]", Map.of(), 2, 9, 2, 2, 0.5);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      CyclicBarrier epochDone =
          new CyclicBarrier(
              2,
              () ->
                  assertThat(WorkerEnvironment.holdings().values())
                      .hasSize(2)
                      .allSatisfy(
                          holdings -> {
                            assertThat(holdings.trainers()).isBetween(1, 2);
                            assertThat(holdings.rounds()).isZero();
                          }));
      Future<String> first =
          threads.submit(() -> train(context, epochDone, LocalStep.GENERAL, 2, 3, 2, 16, 0));
      Future<String> second =
          threads.submit(() -> train(context, epochDone, LocalStep.FAST, 2, 9, 2, 2, 0.5));
      assertThat(first.get()).isEqualTo(plain);
      assertThat(second.get()).isEqualTo(tree);
    } finally {
      threads.shutdownNow();
    }
    assertThat(WorkerEnvironment.holdings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void oneWorkerEqualsDeeplearning4jsOwnFitToTheBit(int averagingFrequency) throws Exception {
    int minibatch = 16;
    String averaged =
        train(LocalStep.GENERAL, "local[2]", Map.of(), 3, 1, averagingFrequency, 16, 0);

    List<TrainingExample> share = onlyShare();
    MultiLayerNetwork network = Networks.initialized(SyntheticExamples.configuration());
    for (int epoch = 1; epoch <= 2; epoch++) {
      EpochOrder order = new EpochOrder(SEED, epoch, 0, share.size(), share.size());
      for (int from = 0; from < share.size(); from += minibatch) {
        int count = Math.min(minibatch, share.size() - from);
        float[][] features = new float[count][];
        float[][] labels = new float[count][];
        for (int i = 0; i < count; i++) {
          features[i] = SyntheticExamples.features(share.get(order.at(from + i)));
          labels[i] = share.get(order.at(from + i)).labels();
        }
        network.fit(Nd4j.create(features), Nd4j.create(labels));
      }
    }
    assertThat(averaged).isEqualTo(FlatParameters.sha256(FlatParameters.read(network.params())));
    network.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void oneWorkerEqualsUninterruptedTrainingWithTheFastStepToTheBit(int averagingFrequency)
      throws Exception {
    int minibatchSize = 16;
    String averaged = train(LocalStep.FAST, "local[2]", Map.of(), 3, 1, averagingFrequency, 16, 0);

    List<TrainingExample> share = onlyShare();
    MultiLayerNetwork network = Networks.initialized(SyntheticExamples.configuration());
    String configuration = SyntheticExamples.configuration().toJson();
    try (LocalTrainer trainer =
        LocalStep.FAST.trainer(configuration, SyntheticExamples.SHAPE, StepOptions.PLAIN)) {
      trainer.start(TrainingState.of(network));
      Minibatch minibatch = new Minibatch(minibatchSize, SyntheticExamples.SHAPE);
      for (int epoch = 1; epoch <= 2; epoch++) {
        EpochOrder order = new EpochOrder(SEED, epoch, 0, share.size(), share.size());
        for (int from = 0; from < share.size(); from += minibatchSize) {
          minibatch.clear();
          for (int i = from; i < Math.min(from + minibatchSize, share.size()); i++) {
            TrainingExample example = share.get(order.at(i));
            minibatch.add(example.id(), example.features(), 0, example.labels(), 0);
          }
          trainer.step(minibatch, 0);
        }
      }
      assertThat(averaged).isEqualTo(FlatParameters.sha256(trainer.finish().parameters()));
    }
    network.close();
  }

  /** The share of the only worker, in the order of assignment. */
  private static List<TrainingExample> onlyShare() {
    ExampleOrder order = new ExampleOrder(EXAMPLES.size(), 1, SEED);
    List<TrainingExample> share = new ArrayList<>(EXAMPLES);
    EXAMPLES.forEach(e -> share.set(order.place(e.rank()), e));
    return share;
  }

  private static String train(
      LocalStep step,
      String master,
      Map<String, String> settings,
      int partitions,
      int workers,
      int averagingFrequency,
      int fanIn,
      double outerMomentum)
      throws Exception {
    try (SparkSession session = LocalSpark.open(master, settings)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      String sha256 =
          train(
              context,
              new CyclicBarrier(1),
              step,
              partitions,
              workers,
              averagingFrequency,
              fanIn,
              outerMomentum);
      assertThat(WorkerEnvironment.holdings()).isEmpty();
      return sha256;
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String train(
      JavaSparkContext context,
      CyclicBarrier epochDone,
      LocalStep step,
      int partitions,
      int workers,
      int averagingFrequency,
      int fanIn,
      double outerMomentum)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    RoundPlan plan = new RoundPlan(EXAMPLES.size(), workers, 16, averagingFrequency, SEED);
    try (WorkerShares shares =
            SyntheticExamples.deal(context, EXAMPLES, partitions, workers, SEED);
        CentroidAveraging engine =
            new CentroidAveraging(
                context,
                shares,
                SyntheticExamples.configuration().toJson(),
                StepRecipe.plain(step),
                plan,
                new AveragingSettings(
                    averagingFrequency,
                    EngineKind.CENTROID,
                    0,
                    OuterSettings.momentum(outerMomentum),
                    0,
                    fanIn))) {
      MultiLayerNetwork network = Networks.initialized(SyntheticExamples.configuration());
      TrainingPosition position = TrainingPosition.before(1, TrainingState.of(network));
      network.close();
      for (int epoch = 1; epoch <= 2; epoch++) {
        TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
        assertThat(end.tally().examples()).isEqualTo(EXAMPLES.size());
        position = end.nextEpoch();
        epochDone.await(2, TimeUnit.MINUTES);
      }
      return FlatParameters.sha256(position.state().training().parameters());
    }
  }
}

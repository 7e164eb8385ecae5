package io.centroid.benchmark;

import io.centroid.average.AveragingEngine;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundPlan;
import io.centroid.compute.LocalStep;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.StepOptions;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.OuterSettings;
import io.centroid.data.Split;
import io.centroid.deal.EpochOrder;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.dl4j.StockAveraging;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.ShardEvaluation;
import io.centroid.example.Minibatch;
import io.centroid.job.Phases;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * Seconds of training until the default network classifies 48 % of the test images: with
 * minibatches of 32 on all training images of a shard set. Reading and dealing the images is not
 * counted, for anybody.
 */
public final class AccuracyBenchmark {
  private static final double WANTED = 0.48;
  private static final int MINIBATCH = 32;
  private static final int MOST_EPOCHS = 15;
  private static final long SEED = 1;

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final MultiLayerConfiguration network;
  private final String python;
  private final Phases phases;

  /**
   * Creates a benchmark.
   *
   * @param shards best a set without validation split, which has all 50,000 training images
   * @param python command of a Python 3; PyTorch is left out where it has none
   */
  public AccuracyBenchmark(
      JavaSparkContext context,
      ShardSet shards,
      MultiLayerConfiguration network,
      String python,
      Phases phases) {
    this.context = context;
    this.shards = shards;
    this.network = network;
    this.python = python;
    this.phases = phases;
  }

  /** One epoch: its seconds of training, and the accuracy on the test images afterwards. */
  private record Epoch(double seconds, double accuracy) {}

  /** Trains with each in turn and prints a table. */
  public void run() throws IOException, InterruptedException {
    phases.say("%-44s %9s %9s %9s %9s", "", "s/epoch", "epochs", "seconds", "accuracy");
    averaging("Centroid, W=1", 1, 100, 0);
    averaging("Centroid, W=2 F=25", 2, 25, 0);
    averaging("Centroid, W=4 F=25, outer momentum 0.5", 4, 25, 0.5);
    plain();
    torch();
    if (StockAveraging.isAvailable()) {
      stock();
    }
    new MllibPerceptron(context, shards, phases).run();
    phases.say("until %.0f %% of the test images, at most %d epochs", 100 * WANTED, MOST_EPOCHS);
  }

  private void stock() {
    try (WorkerShares dealt = deal(2)) {
      RoundPlan plan = new RoundPlan(dealt.examples(), 2, MINIBATCH, 5, SEED);
      train(
          "stock, Direct, guarded, W=2 F=5",
          StockAveraging.of(context, dealt, network.toJson(), plan));
    }
  }

  private void averaging(String name, int workers, int frequency, double outerMomentum) {
    try (WorkerShares dealt = deal(workers)) {
      RoundPlan plan = new RoundPlan(dealt.examples(), workers, MINIBATCH, frequency, SEED);
      train(
          name,
          new CentroidAveraging(
                  context,
                  dealt,
                  network.toJson(),
                  StepRecipe.plain(LocalStep.FAST),
                  plan,
                  new AveragingSettings(
                      frequency,
                      EngineKind.CENTROID,
                      0,
                      OuterSettings.momentum(outerMomentum),
                      0,
                      16))
              .betweenExecutors(true, line -> phases.say("%s", line)));
    }
  }

  private void train(String name, AveragingEngine engine) {
    try (AveragingBenchmark.Engine contender =
        new AveragingBenchmark.Engine(name, engine, TrainingState.initial(network))) {
      print(
          name,
          () -> {
            double seconds = contender.turn().seconds();
            return new Epoch(seconds, accuracy(contender.state()));
          });
    }
  }

  private void plain() {
    Images images = all(Split.TRAIN);
    try (LocalTrainer trainer =
        LocalStep.GENERAL.trainer(network.toJson(), images.shape(), StepOptions.PLAIN)) {
      Minibatch minibatch = new Minibatch(MINIBATCH, images.shape());
      trainer.start(TrainingState.initial(network));
      int[] epoch = {0};
      print(
          "Deeplearning4j, one process",
          () -> {
            EpochOrder order = images.order(SEED, ++epoch[0]);
            double seconds =
                Contender.timed(
                        images.count(),
                        () -> {
                          for (int from = 0; from < images.count(); from += MINIBATCH) {
                            int count = Math.min(MINIBATCH, images.count() - from);
                            images.gather(order, from, count, minibatch);
                            trainer.step(minibatch, from);
                          }
                        })
                    .seconds();
            TrainingState state = trainer.finish();
            trainer.start(state);
            return new Epoch(seconds, accuracy(state));
          });
    }
  }

  private void torch() throws IOException, InterruptedException {
    Path training = Files.createTempFile("training", ".bin");
    Path test = Files.createTempFile("test", ".bin");
    try {
      Images trainingImages = all(Split.TRAIN);
      Images testImages = all(Split.TEST);
      trainingImages.write(training);
      testImages.write(test);
      for (int threads = 1; threads <= 2; threads++) {
        Optional<TorchProcess> started =
            TorchProcess.start(
                python,
                training + "," + test,
                trainingImages.count() + "," + testImages.count(),
                threads,
                TorchProcess.Form.TUNED);
        if (started.isPresent()) {
          try (TorchProcess torch = started.get()) {
            print(
                "PyTorch " + torch.version() + ", tuned, threads: " + threads,
                () -> {
                  TorchProcess.Epoch epoch = torch.epoch(MINIBATCH);
                  return new Epoch(epoch.seconds(), epoch.accuracy());
                });
          }
        }
      }
    } finally {
      Files.delete(training);
      Files.delete(test);
    }
  }

  private void print(String name, Supplier<Epoch> training) {
    double seconds = 0;
    double accuracy = 0;
    int epochs = 0;
    while (epochs < MOST_EPOCHS && accuracy < WANTED) {
      Epoch epoch = training.get();
      seconds += epoch.seconds();
      accuracy = epoch.accuracy();
      epochs++;
    }
    phases.say(
        "%-44s %9.2f %9d %9.1f %7.2f %%", name, seconds / epochs, epochs, seconds, 100 * accuracy);
  }

  private double accuracy(TrainingState state) {
    PublishedModel model =
        new PublishedModel(
            PublishedModel.card(shards.manifest()),
            new Classifier(network.toJson(), state.parameters()));
    return ShardEvaluation.evaluate(context, shards, Split.TEST, model).accuracy();
  }

  private Images all(Split split) {
    return Images.first(context, shards, split, Math.toIntExact(shards.manifest().count(split)));
  }

  private WorkerShares deal(int workers) {
    return ShardExamples.dealFirst(
        context,
        shards,
        Split.TRAIN,
        Math.toIntExact(shards.manifest().count(Split.TRAIN)),
        workers,
        SEED);
  }
}

package io.centroid.benchmark;

import io.centroid.average.AveragingEngine;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.LocalStep;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.job.Phases;
import io.centroid.run.RoundTiming;
import io.centroid.shard.ShardSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/** Memory of driver and executors, and what a round costs, over thousands of rounds. */
public final class MemoryBenchmark {
  private static final int IMAGES = 6_400;
  private static final int MINIBATCH = 32;
  private static final int FREQUENCY = 5;

  private final JavaSparkContext context;
  private final ShardSet shards;
  private final MultiLayerConfiguration network;
  private final Phases phases;

  /**
   * Creates a benchmark.
   *
   * @param shards where the images come from; at least 6,400 training images
   */
  public MemoryBenchmark(
      JavaSparkContext context, ShardSet shards, MultiLayerConfiguration network, Phases phases) {
    this.context = context;
    this.shards = shards;
    this.network = network;
    this.phases = phases;
  }

  /** Prints memory after every tenth of the rounds, with two workers averaging every 5 steps. */
  public void run(int rounds) {
    int perEpoch = IMAGES / (2 * MINIBATCH * FREQUENCY);
    int epochsPerLine = Math.max(1, rounds / perEpoch / 10);
    RoundPlan plan = new RoundPlan(IMAGES, 2, MINIBATCH, FREQUENCY, 1);
    try (WorkerShares shares = ShardExamples.dealFirst(context, shards, Split.TRAIN, IMAGES, 2, 1);
        AveragingEngine engine =
            new CentroidAveraging(
                    context,
                    shares,
                    network.toJson(),
                    StepRecipe.plain(LocalStep.FAST),
                    plan,
                    AveragingSettings.every(FREQUENCY))
                .betweenExecutors(true, line -> phases.say("%s", line))) {
      TrainingPosition position = TrainingPosition.before(1, TrainingState.initial(network));
      phases.say(
          "%8s %12s   %s", "rounds", "outside, ms", "heap used after collection / resident, MB");
      for (int done = 0; done < rounds; ) {
        List<RoundTiming> timings = new ArrayList<>();
        for (int i = 0; i < epochsPerLine; i++) {
          TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
          position = end.nextEpoch();
          timings.addAll(end.tally().rounds());
        }
        done += timings.size();
        phases.say(
            "%8d %12.1f   %s",
            done,
            1000 * Turns.median(timings, RoundTiming::outsideCompute),
            JvmMemory.ofAll(context));
      }
    }
  }
}

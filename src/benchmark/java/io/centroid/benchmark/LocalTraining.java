package io.centroid.benchmark;

import io.centroid.compute.LocalStep;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.StepOptions;
import io.centroid.compute.TrainingState;
import io.centroid.deal.EpochOrder;
import io.centroid.example.Minibatch;
import org.bytedeco.openblas.global.openblas;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.nd4j.linalg.factory.Nd4j;

/** A local step without Spark, going over the same images again and again. */
final class LocalTraining implements Contender {
  private final String name;
  private final Images images;
  private final int minibatchSize;
  private final int threads;
  private final LocalTrainer trainer;
  private final Minibatch minibatch;
  private int epoch;

  /**
   * Creates a contender.
   *
   * @param minibatchSize examples of a step; what is left over of the images is left out
   * @param threads native threads
   */
  LocalTraining(
      String name,
      LocalStep step,
      MultiLayerConfiguration network,
      Images images,
      int minibatchSize,
      int threads) {
    this.name = name;
    this.images = images;
    this.minibatchSize = minibatchSize;
    this.threads = threads;
    this.trainer = step.trainer(network.toJson(), images.shape(), StepOptions.PLAIN);
    this.minibatch = new Minibatch(minibatchSize, images.shape());
    trainer.start(TrainingState.initial(network));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Turn turn() {
    EpochOrder order = images.order(1, ++epoch);
    int steps = images.count() / minibatchSize;
    useThreads(threads);
    try {
      return Contender.timed(
          (long) steps * minibatchSize,
          () -> {
            for (int step = 0; step < steps; step++) {
              images.gather(order, step * minibatchSize, minibatchSize, minibatch);
              trainer.step(minibatch, step);
            }
          });
    } finally {
      useThreads(1);
    }
  }

  @Override
  public void close() {
    trainer.close();
  }

  private static void useThreads(int threads) {
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    openblas.blas_set_num_threads(threads);
  }
}

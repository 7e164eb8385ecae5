package io.centroid.benchmark;

import io.centroid.benchmark.TorchProcess.Form;
import io.centroid.compute.LocalStep;
import io.centroid.data.Choice;
import io.centroid.data.Split;
import io.centroid.job.Phases;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * One worker's step on one thread: Centroid's against Deeplearning4j's, PyTorch's, and against the
 * matrix products that nobody can do without.
 */
public final class StepBenchmark {
  private static final int IMAGES = 12_800;
  private static final int[] MINIBATCHES = {32, 128, 512};

  private final Images images;
  private final MultiLayerConfiguration network;
  private final String python;
  private final Phases phases;

  /**
   * Creates a benchmark.
   *
   * @param shards where the images come from; at least 12,800 training images
   * @param network the default network, whatever its update rule
   * @param python command of a Python 3; PyTorch is left out where it has none
   */
  public StepBenchmark(
      JavaSparkContext context,
      ShardSet shards,
      MultiLayerConfiguration network,
      String python,
      Phases phases) {
    this.images = Images.first(context, shards, Split.TRAIN, IMAGES);
    this.network = network;
    this.python = python;
    this.phases = phases;
  }

  /** Measures and prints a table for each minibatch size. */
  public void run(int repetitions) throws IOException, InterruptedException {
    Path file = Files.createTempFile("images", ".bin");
    try {
      images.write(file);
      for (int minibatch : MINIBATCHES) {
        run(minibatch, repetitions, file);
      }
    } finally {
      Files.delete(file);
    }
  }

  private void run(int minibatch, int repetitions, Path file)
      throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    try {
      contenders.add(
          new LocalTraining("Centroid, fast step", LocalStep.FAST, network, images, minibatch, 1));
      contenders.add(
          new LocalTraining("Deeplearning4j", LocalStep.GENERAL, network, images, minibatch, 1));
      contenders.add(
          new LocalTraining(
              "Deeplearning4j, 2 threads", LocalStep.GENERAL, network, images, minibatch, 2));
      addTorch(contenders, minibatch, file, 1, Form.PLAIN);
      addTorch(contenders, minibatch, file, 1, Form.TUNED);
      addTorch(contenders, minibatch, file, 2, Form.TUNED);
      contenders.add(
          new Products("limit: first layer, [n, 200]", minibatch, MatrixProducts::firstLayer));
      contenders.add(
          new Products(
              "limit: first layer, [200, n]", minibatch, MatrixProducts::firstLayerTextbook));
      contenders.add(
          new Products("limit: all products, one pass", minibatch, MatrixProducts::wholeStep));
      print(minibatch, Turns.take(contenders, repetitions));
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private void addTorch(
      List<Contender> contenders, int minibatch, Path file, int threads, Form form)
      throws IOException, InterruptedException {
    String count = Integer.toString(images.count());
    TorchProcess.start(python, file.toString(), count, threads, form)
        .map(
            torch ->
                new Torch(
                    "PyTorch %s, %s%s"
                        .formatted(
                            torch.version(), Choice.name(form), threads == 1 ? "" : ", 2 threads"),
                    torch,
                    minibatch))
        .ifPresent(contenders::add);
  }

  private void print(int minibatch, Turns turns) {
    double ours = turns.speed("Centroid, fast step");
    phases.say("%-38s %9s %17s %11s", "b = " + minibatch, "images/s", "min to max", "Centroid is");
    for (String name : turns.names()) {
      phases.say(
          "%-38s %,9.0f %,8.0f %,8.0f %9.2f x",
          name,
          turns.speed(name),
          turns.slowest(name),
          turns.fastest(name),
          ours / turns.speed(name));
    }
    phases.say("");
  }

  private static int steps(int minibatch) {
    return IMAGES / minibatch;
  }

  private record Torch(String name, TorchProcess process, int minibatch) implements Contender {
    @Override
    public Turn turn() {
      int steps = steps(minibatch);
      return new Turn((long) steps * minibatch, process.steps(minibatch, steps), List.of());
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static final class Products implements Contender {
    private final String name;
    private final int minibatch;
    private final Consumer<MatrixProducts> step;
    private final MatrixProducts products;

    Products(String name, int minibatch, Consumer<MatrixProducts> step) {
      this.name = name;
      this.minibatch = minibatch;
      this.step = step;
      this.products = new MatrixProducts(minibatch);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Turn turn() {
      return Contender.timed(
          (long) steps(minibatch) * minibatch,
          () -> {
            for (int i = 0; i < steps(minibatch); i++) {
              step.accept(products);
            }
          });
    }

    @Override
    public void close() {
      products.close();
    }
  }
}

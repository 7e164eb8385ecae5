package io.centroid.compute;

import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
import io.centroid.example.PixelCoding;
import io.centroid.model.DenseNetwork;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernels of the fast step on the default network, one by one.
 *
 * <pre>{@code
 * mvn -q test-compile exec:exec -Dexec.executable=java -Dexec.classpathScope=test \
 *     -Dexec.args="-cp %classpath org.openjdk.jmh.Main KernelBenchmark"
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
  private static final int IMAGES = 4096;

  @Param({"32", "128", "512"})
  private int minibatchSize;

  private final DenseStack stack =
      DenseStack.of(
              DenseNetwork.configuration(
                  Settings.defaults().network(), Settings.defaults().training(), Cifar10.DATA_SET))
          .orElseThrow();
  private final float[] parameters = new float[stack.parameters()];
  private final byte[] pixels = new byte[IMAGES * Cifar10.FEATURES];
  private final float[] labels = new float[IMAGES * Cifar10.CLASSES];
  private final PixelCoding coding =
      new PixelCoding(
          new Normalizer(
              Normalization.UNIT,
              new ChannelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2))),
          Cifar10.DATA_SET.shape());
  private final SplittableRandom random = new SplittableRandom(1);
  private Minibatch minibatch;
  private DenseGradient gradient;
  private DenseUpdate update;
  private DenseInput input;
  private int iteration;

  /** Random images, labels and parameters. */
  @Setup(Level.Trial)
  public void prepare() {
    random.nextBytes(pixels);
    for (int i = 0; i < IMAGES; i++) {
      labels[i * Cifar10.CLASSES + random.nextInt(Cifar10.CLASSES)] = 1;
    }
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) random.nextDouble(-0.03, 0.03);
    }
    minibatch =
        new Minibatch(
            minibatchSize,
            new ExampleShape(new long[] {Cifar10.FEATURES}, new long[] {Cifar10.CLASSES}, coding));
    gradient = new DenseGradient(stack, false);
    update = new DenseUpdate(stack, gradient);
    update.start(new TrainingState(parameters, new float[2][parameters.length], 0));
    input = new DenseInput(Cifar10.FEATURES);
    gather();
  }

  /** Frees native memory. */
  @TearDown(Level.Trial)
  public void free() {
    gradient.close();
    input.close();
  }

  /** Forward, loss, backward, filling the minibatch included. */
  @Benchmark
  public double lossAndGradient() {
    gather();
    return gradient.compute(minibatch, 0, part -> {});
  }

  /** Adam on all parameters, which in a step is done part by part with the gradient. */
  @Benchmark
  public void update() {
    update.begin(iteration++, 1, 1);
    gradient.parameters().parts().forEach(update::apply);
  }

  /** A minibatch of images to native memory, as the first layer reads it. */
  @Benchmark
  public void load() {
    gather();
    input.fill(minibatch);
  }

  private void gather() {
    minibatch.clear();
    for (int i = 0; i < minibatchSize; i++) {
      int chosen = random.nextInt(IMAGES);
      minibatch.add(chosen, pixels, chosen * Cifar10.FEATURES, labels, chosen * Cifar10.CLASSES);
    }
  }
}

package io.centroid.compute;

import io.centroid.compute.DenseStack.Penalty;
import io.centroid.config.Settings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Cifar10;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import io.centroid.model.DenseNetwork;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.learning.config.Adam;
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
import org.openjdk.jmh.infra.Blackhole;

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
                  Settings.defaults().network(), Settings.defaults().training()))
          .orElseThrow();
  private final UpdateRule adam = UpdateRule.of(new Adam(5e-4));
  private final float[] parameters = new float[stack.parameters()];
  private final float[][] state = new float[2][stack.parameters()];
  private final float[] image = new float[Cifar10.FEATURES];
  private final byte[] pixels = new byte[IMAGES * Cifar10.FEATURES];
  private final float[] labels = new float[IMAGES * Cifar10.CLASSES];
  private final PixelCoding coding =
      new PixelCoding(
          new Normalizer(
              Normalization.UNIT,
              new ChannelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2))));
  private final SplittableRandom random = new SplittableRandom(1);
  private Minibatch minibatch;
  private DenseGradient gradient;
  private int iteration;

  /** Random images, labels and parameters. */
  @Setup(Level.Trial)
  public void fill() {
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
    gradient = new DenseGradient(stack);
    gradient.load(parameters);
    gather();
  }

  /** Frees native memory. */
  @TearDown(Level.Trial)
  public void free() {
    gradient.close();
  }

  /** Forward, loss, backward, filling the minibatch included. */
  @Benchmark
  public double lossAndGradient() {
    gather();
    return gradient.compute(minibatch, 0);
  }

  /** Adam on all parameters. */
  @Benchmark
  public void update(Blackhole result) {
    adam.update(
        new UpdateRule.Step(parameters, gradient.values(), 1, state, iteration++, 1),
        0,
        parameters.length,
        Penalty.NONE);
    result.consume(parameters);
  }

  /** Pixels to floats, a minibatch of images one after the other. */
  @Benchmark
  public void pixelsToFloats(Blackhole result) {
    for (int i = 0; i < minibatchSize; i++) {
      int from = random.nextInt(IMAGES) * Cifar10.FEATURES;
      coding.decode(pixels, from, image, 0, Cifar10.FEATURES);
      result.consume(image);
    }
  }

  /** The copy of the parameters to native memory. */
  @Benchmark
  public void load() {
    gradient.load(parameters);
  }

  private void gather() {
    minibatch.clear();
    for (int i = 0; i < minibatchSize; i++) {
      int chosen = random.nextInt(IMAGES);
      minibatch.add(chosen, pixels, chosen * Cifar10.FEATURES, labels, chosen * Cifar10.CLASSES);
    }
  }
}

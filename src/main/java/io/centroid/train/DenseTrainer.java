package io.centroid.train;

import io.centroid.model.NativeThreads;
import io.centroid.train.DenseStack.Layer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The fast local step, for {@link DenseStack}s: the matrix products in ND4J's own OpenBLAS, the
 * rest in plain loops over heap arrays, no allocation per step.
 *
 * <p>It computes what Deeplearning4j's {@code fit} does, in another order of summation, so results
 * agree to rounding and not to the bit; on one native thread they are the same bits on every run.
 *
 * <p>Matrices are column-major as BLAS sees them, one example in each column: the input is {@code
 * [in, n]}, a layer's units {@code [out, n]}.
 */
final class DenseTrainer implements LocalTrainer {
  /** Deeplearning4j's bound on probabilities in the loss it reports. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  private final DenseStack stack;
  private final List<Layer> layers;
  private final UpdateRule rule;
  private final float[] parameters;
  private final float[] gradient;
  private final FloatPointer nativeParameters;
  private final FloatPointer nativeGradient;
  private final float[][] updaterState;
  private int iteration;
  private Buffers buffers = Buffers.NONE;

  DenseTrainer(DenseStack stack) {
    NativeThreads.useOne();
    this.stack = stack;
    this.layers = stack.layers();
    this.rule = UpdateRule.of(stack.rule());
    this.parameters = new float[stack.parameters()];
    this.gradient = new float[stack.parameters()];
    this.updaterState = new float[rule.slots()][stack.parameters()];
    this.nativeParameters = new FloatPointer(stack.parameters());
    this.nativeGradient = new FloatPointer(stack.parameters());
  }

  @Override
  public void start(TrainingState state, long randomSeed) {
    System.arraycopy(state.parameters(), 0, parameters, 0, parameters.length);
    for (int slot = 0; slot < updaterState.length; slot++) {
      System.arraycopy(
          state.updaterState(), slot * parameters.length, updaterState[slot], 0, parameters.length);
    }
    iteration = state.iteration();
    nativeParameters.put(parameters);
  }

  @Override
  public double step(float[] features, float[] labels, int examples) {
    buffers = buffers.ofAtLeast(stack, examples);
    double loss = forward(features, labels, examples);
    backward(examples);
    rule.update(parameters, gradient, updaterState, iteration);
    nativeParameters.put(parameters);
    iteration++;
    return loss;
  }

  @Override
  public TrainingState state() {
    float[] state = new float[updaterState.length * parameters.length];
    for (int slot = 0; slot < updaterState.length; slot++) {
      System.arraycopy(updaterState[slot], 0, state, slot * parameters.length, parameters.length);
    }
    return new TrainingState(parameters.clone(), state, iteration);
  }

  @Override
  public void close() {
    nativeParameters.close();
    nativeGradient.close();
    buffers.close();
    buffers = Buffers.NONE;
  }

  /** Leaves the units' values in the buffers and the last layer's delta; gives the mean loss. */
  private double forward(float[] features, float[] labels, int examples) {
    buffers.input[0].put(features, 0, examples * layers.get(0).in());
    for (int l = 0; l < layers.size(); l++) {
      Layer layer = layers.get(l);
      // units = weightsᵀ · input
      openblas.cblas_sgemm(
          openblas.CblasColMajor,
          openblas.CblasTrans,
          openblas.CblasNoTrans,
          layer.out(),
          examples,
          layer.in(),
          1,
          at(nativeParameters, layer.weights()),
          layer.in(),
          buffers.input[l],
          layer.in(),
          0,
          buffers.units[l],
          layer.out());
      float[] units = buffers.values[l];
      int count = examples * layer.out();
      buffers.units[l].get(units, 0, count);
      addBiases(layer, units, examples);
      layer.activation().apply(units, count);
      if (l + 1 < layers.size()) {
        buffers.input[l + 1].put(units, 0, count);
      }
    }
    int last = layers.size() - 1;
    return softmaxAndLoss(
        buffers.values[last], labels, buffers.delta[last], layers.get(last).out(), examples);
  }

  /** From the last layer's delta to the gradient of all parameters. */
  private void backward(int examples) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      FloatPointer delta = buffers.units[l];
      delta.put(buffers.delta[l], 0, examples * layer.out());
      // gradient of the weights = input · deltaᵀ
      openblas.cblas_sgemm(
          openblas.CblasColMajor,
          openblas.CblasNoTrans,
          openblas.CblasTrans,
          layer.in(),
          layer.out(),
          examples,
          1,
          buffers.input[l],
          layer.in(),
          delta,
          layer.out(),
          0,
          at(nativeGradient, layer.weights()),
          layer.in());
      if (l > 0) {
        // delta of the layer below = weights · delta
        openblas.cblas_sgemm(
            openblas.CblasColMajor,
            openblas.CblasNoTrans,
            openblas.CblasNoTrans,
            layer.in(),
            examples,
            layer.out(),
            1,
            at(nativeParameters, layer.weights()),
            layer.in(),
            delta,
            layer.out(),
            0,
            buffers.input[l],
            layer.in());
        int count = examples * layer.in();
        buffers.input[l].get(buffers.delta[l - 1], 0, count);
        layers.get(l - 1).activation().backward(buffers.values[l - 1], buffers.delta[l - 1], count);
      }
    }
    nativeGradient.get(gradient);
    for (int l = 0; l < layers.size(); l++) {
      sumOverExamples(buffers.delta[l], layers.get(l), examples);
    }
  }

  private void addBiases(Layer layer, float[] units, int examples) {
    for (int example = 0; example < examples; example++) {
      int from = example * layer.out();
      for (int unit = 0; unit < layer.out(); unit++) {
        units[from + unit] += parameters[layer.biases() + unit];
      }
    }
  }

  /** The gradient of the biases. */
  private void sumOverExamples(float[] delta, Layer layer, int examples) {
    for (int unit = 0; unit < layer.out(); unit++) {
      gradient[layer.biases() + unit] = 0;
    }
    for (int example = 0; example < examples; example++) {
      int from = example * layer.out();
      for (int unit = 0; unit < layer.out(); unit++) {
        gradient[layer.biases() + unit] += delta[from + unit];
      }
    }
  }

  /** Softmax with cross-entropy: delta = (p - y) / n. */
  private static double softmaxAndLoss(
      float[] z, float[] labels, float[] delta, int classes, int examples) {
    double lossSum = 0;
    for (int example = 0; example < examples; example++) {
      int from = example * classes;
      float largest = z[from];
      for (int c = 1; c < classes; c++) {
        largest = Math.max(largest, z[from + c]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        double e = Math.exp(z[from + c] - largest);
        z[from + c] = (float) e;
        sum += e;
      }
      for (int c = 0; c < classes; c++) {
        float probability = (float) (z[from + c] / sum);
        float label = labels[from + c];
        if (label != 0) {
          lossSum -= label * Math.log(Math.max(probability, SMALLEST_PROBABILITY));
        }
        delta[from + c] = (probability - label) / examples;
      }
    }
    return lossSum / examples;
  }

  /** The same native memory from an offset on. */
  private static FloatPointer at(FloatPointer pointer, long offset) {
    return offset == 0 ? pointer : pointer.getPointer(offset);
  }

  /** Room for a minibatch: native matrices for BLAS, heap arrays for everything else. */
  private static final class Buffers implements AutoCloseable {
    static final Buffers NONE = new Buffers();

    private final int capacity;
    private final FloatPointer[] input;
    private final FloatPointer[] units;
    private final float[][] values;
    private final float[][] delta;

    private Buffers() {
      capacity = 0;
      input = new FloatPointer[0];
      units = new FloatPointer[0];
      values = new float[0][];
      delta = new float[0][];
    }

    private Buffers(DenseStack stack, int capacity) {
      this.capacity = capacity;
      int count = stack.layers().size();
      input = new FloatPointer[count];
      units = new FloatPointer[count];
      values = new float[count][];
      delta = new float[count][];
      for (int l = 0; l < count; l++) {
        Layer layer = stack.layers().get(l);
        input[l] = new FloatPointer((long) capacity * layer.in());
        units[l] = new FloatPointer((long) capacity * layer.out());
        values[l] = new float[capacity * layer.out()];
        delta[l] = new float[capacity * layer.out()];
      }
    }

    Buffers ofAtLeast(DenseStack stack, int examples) {
      if (examples <= capacity) {
        return this;
      }
      close();
      return new Buffers(stack, examples);
    }

    @Override
    public void close() {
      for (int l = 0; l < input.length; l++) {
        input[l].close();
        units[l].close();
      }
    }
  }
}

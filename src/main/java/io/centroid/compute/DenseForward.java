package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import io.centroid.model.NativeThreads;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The forward pass of a {@link DenseStack}: matrix products in ND4J's own OpenBLAS on native
 * memory, biases and activations in plain loops on the heap.
 *
 * <p>Matrices are column-major as BLAS sees them. The input is {@code [in, n]}, one example in each
 * column, as examples are stored. Units are {@code [n, out]}, one unit in each column: of the ways
 * to write these products it is the one in which OpenBLAS is fastest at small minibatches, and a
 * unit's bias is one number for a run of values. A layer that acts on each of p positions reads
 * {@code [in, p n]} and makes {@code [out, p n]}, which is again one example after the other, and
 * flattened as Keras flattens it.
 */
final class DenseForward implements AutoCloseable {
  private final DenseStack stack;
  private final List<Layer> layers;
  private final FloatPointer parameters;
  private final FloatPointer[] weights;
  private float[] heapParameters;
  private int capacity;
  private FloatPointer input = new FloatPointer();
  private final FloatPointer[] units;
  private final float[][] values;

  DenseForward(DenseStack stack) {
    NativeThreads.useOne();
    this.stack = stack;
    layers = stack.layers();
    parameters = new FloatPointer(stack.parameters());
    weights = new FloatPointer[layers.size()];
    units = new FloatPointer[layers.size()];
    values = new float[layers.size()][0];
    for (int l = 0; l < units.length; l++) {
      weights[l] = parameters.getPointer(layers.get(l).weights());
      units[l] = new FloatPointer();
    }
  }

  /** Computes with these parameters from now on; to be called again whenever they change. */
  void load(float[] newParameters) {
    heapParameters = newParameters;
    parameters.put(newParameters);
  }

  /** Native memory to put the features of up to {@code examples} examples into. */
  FloatPointer input(int examples) {
    if (examples > capacity) {
      capacity = examples;
      input.close();
      input = new FloatPointer((long) examples * layers.get(0).inputs());
      for (int l = 0; l < units.length; l++) {
        int count = Math.multiplyExact(examples, layers.get(l).outputs());
        units[l].close();
        units[l] = new FloatPointer(count);
        values[l] = new float[count];
      }
    }
    return input;
  }

  /**
   * Runs the examples in {@link #input} through all layers.
   *
   * @param dropout applied to what each layer but the first reads
   * @return the last layer's values before softmax, {@code [n, classes]}, in an array that may be
   *     longer
   */
  float[] run(int examples, DenseDropout dropout) {
    for (int l = 0; l < units.length; l++) {
      Layer layer = layers.get(l);
      int count = examples * layer.outputs();
      if (layer.positions() > 1) {
        multiplyAtEachPosition(l, layer, examples);
        units[l].get(values[l], 0, count);
        addBiasesAtEachPosition(layer, values[l], count);
      } else {
        multiply(l, layer, examples);
        units[l].get(values[l], 0, count);
        addBiases(layer, values[l], examples);
      }
      layer.activation().apply(values[l], count);
      if (l + 1 < units.length) {
        units[l].put(dropout.masked(l, values[l], count), 0, count);
      }
    }
    return values[units.length - 1];
  }

  /** A layer's values after its activation, before dropout. */
  float[] values(int layer) {
    return values[layer];
  }

  /** What a layer but the first read; free to be overwritten. */
  FloatPointer read(int layer) {
    return units[layer - 1];
  }

  /** A layer's weights, {@code [in, out]}. */
  FloatPointer weights(int layer) {
    return weights[layer];
  }

  @Override
  public void close() {
    parameters.close();
    input.close();
    for (FloatPointer layerUnits : units) {
      layerUnits.close();
    }
  }

  /** {@code [n, in] · [in, out]}. */
  private void multiply(int l, Layer layer, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        stack.readsExamples(l) ? openblas.CblasTrans : openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        examples,
        layer.out(),
        layer.in(),
        1,
        l == 0 ? input : units[l - 1],
        stack.readsExamples(l) ? layer.in() : examples,
        weights[l],
        layer.in(),
        0,
        units[l],
        examples);
  }

  /** {@code [out, in] · [in, p n]}. */
  private void multiplyAtEachPosition(int l, Layer layer, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasTrans,
        openblas.CblasNoTrans,
        layer.out(),
        examples * layer.positions(),
        layer.in(),
        1,
        weights[l],
        layer.in(),
        l == 0 ? input : units[l - 1],
        layer.in(),
        0,
        units[l],
        layer.out());
  }

  private void addBiasesAtEachPosition(Layer layer, float[] units, int count) {
    for (int from = 0; from < count; from += layer.out()) {
      for (int unit = 0; unit < layer.out(); unit++) {
        units[from + unit] += heapParameters[layer.biases() + unit];
      }
    }
  }

  private void addBiases(Layer layer, float[] units, int examples) {
    for (int unit = 0; unit < layer.out(); unit++) {
      float bias = heapParameters[layer.biases() + unit];
      for (int i = unit * examples; i < (unit + 1) * examples; i++) {
        units[i] += bias;
      }
    }
  }
}

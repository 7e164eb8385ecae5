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
 * unit's bias is one number for a run of values.
 */
final class DenseForward implements AutoCloseable {
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
      input = new FloatPointer((long) examples * layers.get(0).in());
      for (int l = 0; l < units.length; l++) {
        int out = layers.get(l).out();
        units[l].close();
        units[l] = new FloatPointer((long) examples * out);
        values[l] = new float[examples * out];
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
      openblas.cblas_sgemm(
          openblas.CblasColMajor,
          l == 0 ? openblas.CblasTrans : openblas.CblasNoTrans,
          openblas.CblasNoTrans,
          examples,
          layer.out(),
          layer.in(),
          1,
          l == 0 ? input : units[l - 1],
          l == 0 ? layer.in() : examples,
          weights[l],
          layer.in(),
          0,
          units[l],
          examples);
      int count = examples * layer.out();
      units[l].get(values[l], 0, count);
      addBiases(layer, values[l], examples);
      layer.activation().apply(values[l], count);
      if (l + 1 < units.length) {
        units[l].put(dropout.masked(l, values[l], count), 0, count);
      }
    }
    return values[units.length - 1];
  }

  /** A layer's values after its activation, before dropout, {@code [n, out]}. */
  float[] values(int layer) {
    return values[layer];
  }

  /** What a layer but the first read, {@code [n, in]}; free to be overwritten. */
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

  private void addBiases(Layer layer, float[] units, int examples) {
    for (int unit = 0; unit < layer.out(); unit++) {
      float bias = heapParameters[layer.biases() + unit];
      for (int i = unit * examples; i < (unit + 1) * examples; i++) {
        units[i] += bias;
      }
    }
  }
}

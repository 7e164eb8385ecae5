package io.centroid.compute;

import io.centroid.compute.DenseParameters.Part;
import io.centroid.compute.DenseStack.Layer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The forward pass of a {@link DenseStack}: matrix products in ND4J's own OpenBLAS on native
 * memory, biases and activations in plain loops on the heap.
 *
 * <p>Matrices are column-major as BLAS sees them. The input is {@code [in, n]}, one example in each
 * column, as examples are stored. Units are {@code [n, out]}, one unit in each column, or {@code
 * [out, n]}, one example in each column: {@link DenseStack#makesExamples} says which. A layer that
 * acts on each of p positions reads {@code [in, p n]} and makes {@code [out, p n]}, which is again
 * one example after the other, and flattened as Keras flattens it.
 */
final class DenseForward implements AutoCloseable {
  private final DenseStack stack;
  private final List<Layer> layers;
  private final DenseParameters parameters;
  private final float[][] biases;
  private final DenseInput input;
  private final FloatPointer[] read;
  private int capacity;
  private int examplesRead;
  private final FloatPointer[] units;
  private final float[][] values;

  DenseForward(DenseStack stack) {
    this.stack = stack;
    layers = stack.layers();
    input = new DenseInput(layers.get(0).inputs());
    parameters = new DenseParameters(stack);
    read = new FloatPointer[parameters.parts().size()];
    units = new FloatPointer[layers.size()];
    values = new float[layers.size()][0];
    biases = new float[layers.size()][];
    for (int l = 0; l < units.length; l++) {
      biases[l] = new float[layers.get(l).out()];
      units[l] = new FloatPointer();
    }
  }

  /** What the first layer reads, to be filled before a run. */
  DenseInput input() {
    return input;
  }

  /** The parameters it computes with, to be changed between runs. */
  DenseParameters parameters() {
    return parameters;
  }

  /**
   * Runs the examples in {@link #input} through all layers.
   *
   * @param examples how many there are
   * @param dropout applied to what each layer but the first reads
   * @return the last layer's values before softmax, {@code [n, classes]}, in an array that may be
   *     longer
   */
  float[] run(int examples, DenseDropout dropout) {
    if (examples != examplesRead) {
      makeRoom(examples);
      find(examples);
      examplesRead = examples;
    }
    for (int l = 0; l < units.length; l++) {
      Layer layer = layers.get(l);
      int count = examples * layer.outputs();
      parameters.pointer(parameters.biases(l)).get(biases[l]);
      boolean byExample = stack.makesExamples(l, examples);
      for (Part weights : parameters.weights(l)) {
        if (byExample) {
          multiplyByExample(l, layer, weights, examples);
        } else {
          multiplyByUnit(l, layer, weights, examples);
        }
      }
      units[l].get(values[l], 0, count);
      if (byExample) {
        addBiasesByExample(biases[l], values[l], count);
      } else {
        addBiasesByUnit(biases[l], values[l], examples);
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

  /** What a part of a layer's weights is multiplied by, times {@link #scale}. */
  FloatPointer read(Part weights) {
    return read[weights.index()];
  }

  /** What {@link #read} is to be multiplied by. */
  float scale(int layer) {
    return layer == 0 ? input.scale() : 1;
  }

  @Override
  public void close() {
    parameters.close();
    input.close();
    for (FloatPointer layerUnits : units) {
      layerUnits.close();
    }
  }

  private void makeRoom(int examples) {
    if (examples > capacity) {
      capacity = examples;
      for (int l = 0; l < units.length; l++) {
        int count = Math.multiplyExact(examples, layers.get(l).outputs());
        units[l].close();
        units[l] = new FloatPointer(count);
        values[l] = new float[count];
      }
    }
  }

  /** Finds in a minibatch of this size what the parts read. */
  private void find(int examples) {
    for (int l = 0; l < units.length; l++) {
      FloatPointer all = l == 0 ? input.values() : units[l - 1];
      for (Part weights : parameters.weights(l)) {
        read[weights.index()] = all.getPointer(stack.offset(l, weights.row(), examples));
      }
    }
  }

  /** Adds {@code [n, rows] · [rows, out]}. */
  private void multiplyByUnit(int l, Layer layer, Part weights, int examples) {
    boolean readsExamples = stack.readsExamples(l, examples);
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        readsExamples ? openblas.CblasTrans : openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        examples,
        layer.out(),
        weights.rows(),
        scale(l),
        read(weights),
        readsExamples ? layer.in() : examples,
        parameters.pointer(weights),
        weights.rows(),
        weights.row() == 0 ? 0 : 1,
        units[l],
        examples);
  }

  /** Adds {@code [out, rows] · [rows, p n]}. */
  private void multiplyByExample(int l, Layer layer, Part weights, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasTrans,
        openblas.CblasNoTrans,
        layer.out(),
        examples * layer.positions(),
        weights.rows(),
        scale(l),
        parameters.pointer(weights),
        weights.rows(),
        read(weights),
        layer.in(),
        weights.row() == 0 ? 0 : 1,
        units[l],
        layer.out());
  }

  private static void addBiasesByExample(float[] biases, float[] units, int count) {
    for (int from = 0; from < count; from += biases.length) {
      for (int unit = 0; unit < biases.length; unit++) {
        units[from + unit] += biases[unit];
      }
    }
  }

  private static void addBiasesByUnit(float[] biases, float[] units, int examples) {
    for (int unit = 0; unit < biases.length; unit++) {
      float bias = biases[unit];
      for (int i = unit * examples; i < (unit + 1) * examples; i++) {
        units[i] += bias;
      }
    }
  }
}

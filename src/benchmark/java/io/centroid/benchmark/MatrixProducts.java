package io.centroid.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The matrix products of a step of the default network, always on the same native memory, and one
 * pass over parameters, both moments and gradient, which is the least an update with Adam must
 * move.
 */
final class MatrixProducts implements AutoCloseable {
  private static final int[] WIDTHS = {3072, 200, 150, 10};
  private static final int PARAMETERS = 646_260;

  private final int n;
  private final List<FloatPointer> units = new ArrayList<>();
  private final List<FloatPointer> weights = new ArrayList<>();
  private final FloatPointer unitsResult;
  private final FloatPointer weightsResult;
  private final float[] parameters = new float[PARAMETERS];
  private final float[] first = new float[PARAMETERS];
  private final float[] second = new float[PARAMETERS];
  private final float[] gradient = new float[PARAMETERS];

  MatrixProducts(int minibatch) {
    n = minibatch;
    for (int width : WIDTHS) {
      units.add(filled(n * width));
    }
    for (int l = 1; l < WIDTHS.length; l++) {
      weights.add(filled(WIDTHS[l - 1] * WIDTHS[l]));
    }
    unitsResult = new FloatPointer((long) n * WIDTHS[1]);
    weightsResult = new FloatPointer((long) WIDTHS[0] * WIDTHS[1]);
  }

  /**
   * Forward, and the gradient of the weights; nobody needs the gradient of the input. Units are
   * {@code [n, 200]}, which is faster at small minibatches.
   */
  void firstLayer() {
    FloatPointer input = units.get(0);
    product(true, false, n, 200, 3072, input, 3072, weights.get(0), 3072, unitsResult, n);
    product(false, false, 3072, 200, n, input, 3072, units.get(1), n, weightsResult, 3072);
  }

  /**
   * The same two as textbooks and most libraries write them: units as {@code [200, n]}, which is
   * faster at large minibatches.
   */
  void firstLayerTextbook() {
    FloatPointer input = units.get(0);
    product(true, false, 200, n, 3072, weights.get(0), 3072, input, 3072, unitsResult, 200);
    product(false, true, 3072, 200, n, input, 3072, units.get(1), 200, weightsResult, 3072);
  }

  /** All products of a step, and the pass. */
  void wholeStep() {
    firstLayer();
    otherLayers();
    streamState();
  }

  /** Of the other layers: forward, gradient of the weights, gradient of what they read. */
  private void otherLayers() {
    for (int l = 2; l < WIDTHS.length; l++) {
      int in = WIDTHS[l - 1];
      int out = WIDTHS[l];
      FloatPointer read = units.get(l - 1);
      FloatPointer w = weights.get(l - 1);
      product(false, false, n, out, in, read, n, w, in, unitsResult, n);
      product(true, false, in, out, n, read, n, units.get(l), n, weightsResult, in);
      product(false, true, n, in, out, units.get(l), n, w, in, unitsResult, n);
    }
  }

  /** Reads four arrays of the parameters' length and writes three. */
  private void streamState() {
    for (int i = 0; i < PARAMETERS; i++) {
      float g = gradient[i];
      first[i] += g;
      second[i] += g;
      parameters[i] += g;
    }
  }

  @Override
  public void close() {
    units.forEach(FloatPointer::close);
    weights.forEach(FloatPointer::close);
    unitsResult.close();
    weightsResult.close();
  }

  private static void product(
      boolean transposeA,
      boolean transposeB,
      int rows,
      int columns,
      int inner,
      FloatPointer a,
      int strideA,
      FloatPointer b,
      int strideB,
      FloatPointer c,
      int strideC) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        transposeA ? openblas.CblasTrans : openblas.CblasNoTrans,
        transposeB ? openblas.CblasTrans : openblas.CblasNoTrans,
        rows,
        columns,
        inner,
        1,
        a,
        strideA,
        b,
        strideB,
        0,
        c,
        strideC);
  }

  private static FloatPointer filled(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 0.1f + 0.001f * (i % 97);
    }
    return new FloatPointer(values);
  }
}

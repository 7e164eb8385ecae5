package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * A minibatch's mean loss and its gradient by back-propagation, penalties not included. Matrices
 * lie as in {@link DenseForward}.
 */
final class DenseGradient implements AutoCloseable {
  /** Deeplearning4j's bound on probabilities in the loss it reports. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  /**
   * Errors of sure predictions are below this. They move no parameter by as much as its last place,
   * but products with them are denormal floats, which are very slow.
   */
  private static final float SMALLEST_ERROR = 1e-15f;

  private final DenseStack stack;
  private final List<Layer> layers;
  private final DenseForward forward;
  private final DenseDropout dropout;
  private final FloatPointer gradient;
  private final FloatPointer[] weightsGradient;
  private final FloatPointer[] biasesGradient;
  private int capacity;
  private FloatPointer delta = new FloatPointer();
  private FloatPointer ones = new FloatPointer();
  private float[] heapDelta = new float[0];
  private float[] labels = new float[0];

  DenseGradient(DenseStack stack) {
    this.stack = stack;
    layers = stack.layers();
    forward = new DenseForward(stack);
    dropout = new DenseDropout(layers);
    gradient = new FloatPointer(stack.parameters());
    weightsGradient = new FloatPointer[layers.size()];
    biasesGradient = new FloatPointer[layers.size()];
    for (int l = 0; l < weightsGradient.length; l++) {
      weightsGradient[l] = gradient.getPointer(layers.get(l).weights());
      biasesGradient[l] = gradient.getPointer(layers.get(l).biases());
    }
  }

  /** The parameters it computes with, to be changed between minibatches. */
  FloatPointer parameters() {
    return forward.parameters();
  }

  /** The mean loss of a minibatch; its gradient is then in {@link #values}. */
  double compute(Minibatch minibatch, long randomSeed) {
    int examples = minibatch.size();
    makeRoom(examples);
    forward.input().fill(minibatch);
    minibatch.copyLabels(labels);
    dropout.begin(randomSeed);
    float[] logits = forward.run(examples, dropout);
    double loss = softmaxAndLoss(logits, examples);
    backward(examples);
    return loss;
  }

  /** The gradient that was computed last, in the order of the parameters. */
  FloatPointer values() {
    return gradient;
  }

  /** The Euclidean norm of the gradient that was computed last, over all parameters. */
  double norm() {
    double squares = 0;
    for (int l = 0; l < layers.size(); l++) {
      squares += squaredNorm(weightsGradient[l], layers.get(l).weightCount());
      squares += squaredNorm(biasesGradient[l], layers.get(l).out());
    }
    return Math.sqrt(squares);
  }

  /** ‖w‖² / 2 of the parameters from number {@code from} on. */
  double halfSquaredNorm(int from, int count) {
    return 0.5 * squaredNorm(parameters().getPointer(from), count);
  }

  private static double squaredNorm(FloatPointer values, int count) {
    return openblas.cblas_sdot(count, values, 1, values, 1);
  }

  @Override
  public void close() {
    forward.close();
    gradient.close();
    delta.close();
    ones.close();
  }

  private void makeRoom(int examples) {
    if (examples > capacity) {
      capacity = examples;
      delta.close();
      delta = new FloatPointer((long) examples * stack.widest());
      ones.close();
      ones = new FloatPointer((long) examples);
      for (int i = 0; i < examples; i++) {
        ones.put(i, 1);
      }
      heapDelta = new float[Math.multiplyExact(examples, stack.widest())];
      labels = new float[examples * layers.get(layers.size() - 1).out()];
    }
  }

  /** From the last layer's delta to the gradient of all parameters. */
  private void backward(int examples) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      delta.put(heapDelta, 0, examples * layer.outputs());
      if (stack.makesExamples(l, examples)) {
        gradientOfWeightsByExample(l, layer, examples);
      } else {
        gradientOfWeightsByUnit(l, layer, examples);
      }
      if (layer.positions() > 1) {
        gradientOfBiasesAtEachPosition(l, layer, examples);
      } else {
        gradientOfBiases(l, layer, examples);
      }
      if (l > 0) {
        deltaBelow(l, layer, examples);
      }
    }
  }

  /** Input or units of the layer below, times delta: {@code [in, n] · [n, out]}. */
  private void gradientOfWeightsByUnit(int l, Layer layer, int examples) {
    boolean readsExamples = stack.readsExamples(l, examples);
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        readsExamples ? openblas.CblasNoTrans : openblas.CblasTrans,
        openblas.CblasNoTrans,
        layer.in(),
        layer.out(),
        examples,
        l == 0 ? forward.input().scale() : 1,
        l == 0 ? forward.input().values() : forward.read(l),
        readsExamples ? layer.in() : examples,
        delta,
        examples,
        0,
        weightsGradient[l],
        layer.in());
  }

  /** {@code [in, p n] · [p n, out]}. */
  private void gradientOfWeightsByExample(int l, Layer layer, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        layer.in(),
        layer.out(),
        examples * layer.positions(),
        l == 0 ? forward.input().scale() : 1,
        l == 0 ? forward.input().values() : forward.read(l),
        layer.in(),
        delta,
        layer.out(),
        0,
        weightsGradient[l],
        layer.in());
  }

  /** In double precision: there are as many deltas of a unit as a minibatch has pixels. */
  private void gradientOfBiasesAtEachPosition(int l, Layer layer, int examples) {
    double[] sums = new double[layer.out()];
    int count = examples * layer.outputs();
    for (int from = 0; from < count; from += sums.length) {
      for (int unit = 0; unit < sums.length; unit++) {
        sums[unit] += heapDelta[from + unit];
      }
    }
    for (int unit = 0; unit < sums.length; unit++) {
      biasesGradient[l].put(unit, (float) sums[unit]);
    }
  }

  /** The sum of each unit's deltas: delta times ones. */
  private void gradientOfBiases(int l, Layer layer, int examples) {
    boolean byExample = stack.makesExamples(l, examples);
    openblas.cblas_sgemv(
        openblas.CblasColMajor,
        byExample ? openblas.CblasNoTrans : openblas.CblasTrans,
        byExample ? layer.out() : examples,
        byExample ? examples : layer.out(),
        1,
        delta,
        byExample ? layer.out() : examples,
        ones,
        1,
        0,
        biasesGradient[l],
        1);
  }

  /** Delta times weights, times the activation's derivative, in the layout of the layer below. */
  private void deltaBelow(int l, Layer layer, int examples) {
    FloatPointer below = forward.read(l); // no longer needed: the gradient of the weights is there
    if (stack.readsExamples(l, examples)) {
      multiplyWeightsByDelta(l, layer, examples, below);
    } else {
      multiplyDeltaByWeights(l, layer, examples, below);
    }
    int count = examples * layer.in();
    below.get(heapDelta, 0, count);
    dropout.backward(l - 1, heapDelta, count);
    layers.get(l - 1).activation().backward(forward.values(l - 1), heapDelta, count);
  }

  /** {@code [n, out] · [out, in]}. */
  private void multiplyDeltaByWeights(int l, Layer layer, int examples, FloatPointer below) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        examples,
        layer.in(),
        layer.out(),
        1,
        delta,
        examples,
        forward.weights(l),
        layer.in(),
        0,
        below,
        examples);
  }

  /** {@code [in, out] · [out, n]}. */
  private void multiplyWeightsByDelta(int l, Layer layer, int examples, FloatPointer below) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        layer.in(),
        examples,
        layer.out(),
        1,
        forward.weights(l),
        layer.in(),
        delta,
        examples,
        0,
        below,
        layer.in());
  }

  /** Softmax with cross-entropy: delta = (p − y) / n, {@code [n, classes]}. */
  private double softmaxAndLoss(float[] logits, int examples) {
    int classes = layers.get(layers.size() - 1).out();
    Softmax.inPlace(logits, examples, classes);
    double lossSum = 0;
    for (int example = 0; example < examples; example++) {
      for (int c = 0; c < classes; c++) {
        int at = c * examples + example;
        float label = labels[example * classes + c];
        if (label != 0) {
          lossSum -= label * Math.log(Math.max(logits[at], SMALLEST_PROBABILITY));
        }
        float error = logits[at] - label;
        heapDelta[at] = Math.abs(error) < SMALLEST_ERROR ? 0 : error / examples;
      }
    }
    return lossSum / examples;
  }
}

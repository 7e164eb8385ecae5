package io.centroid.compute;

import io.centroid.compute.DenseParameters.Part;
import io.centroid.compute.DenseStack.Layer;
import io.centroid.example.Minibatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * A minibatch's weighted mean loss and its gradient by back-propagation, penalties not included.
 * Matrices lie as in {@link DenseForward}.
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
  private final List<FloatPointer> pointers = new ArrayList<>();
  private int capacity;
  private FloatPointer delta = new FloatPointer();
  private FloatPointer deltaBelow = new FloatPointer();
  private final FloatPointer[] below;
  private int examplesBelow;
  private FloatPointer ones = new FloatPointer();
  private float[] heapDelta = new float[0];
  private float[] labels = new float[0];
  private float[] weights = new float[0];

  /**
   * A gradient to be computed.
   *
   * @param whole whether all of it is kept until the next minibatch; otherwise one part is written
   *     over the other, and is never out of the second-level cache
   */
  DenseGradient(DenseStack stack, boolean whole) {
    this.stack = stack;
    layers = stack.layers();
    forward = new DenseForward(stack);
    dropout = new DenseDropout(layers);
    below = new FloatPointer[parameters().parts().size()];
    gradient = new FloatPointer(whole ? stack.parameters() : parameters().largestPart());
    int at = 0;
    for (Part part : parameters().parts()) {
      pointers.add(gradient.getPointer(at));
      at += whole ? part.count() : 0;
    }
  }

  /** The parameters it computes with, to be changed between minibatches. */
  DenseParameters parameters() {
    return forward.parameters();
  }

  /** Where the gradient of a part is. */
  FloatPointer pointer(Part part) {
    return pointers.get(part.index());
  }

  /**
   * Computes the gradient of a minibatch.
   *
   * @param ready told of each part whose gradient is there; may change its parameters then
   * @return the mean loss
   */
  double compute(Minibatch minibatch, long randomSeed, Consumer<Part> ready) {
    int examples = minibatch.size();
    if (examples != examplesBelow) {
      makeRoom(examples);
      find(examples);
      examplesBelow = examples;
    }
    forward.input().fill(minibatch);
    minibatch.copyLabels(labels);
    minibatch.copyWeights(weights);
    dropout.begin(randomSeed);
    float[] logits = forward.run(examples, dropout);
    double loss = softmaxAndLoss(logits, examples);
    backward(examples, ready);
    return loss;
  }

  /** The Euclidean norm of a gradient that is kept whole. */
  double norm() {
    double square = openblas.cblas_sdot(stack.parameters(), gradient, 1, gradient, 1);
    if (Double.isInfinite(square)) { // a float is too small for it; cblas_dsdot adds in floats too
      square = 0;
      for (int i = 0; i < stack.parameters(); i++) {
        double value = gradient.get(i);
        square += value * value;
      }
    }
    return Math.sqrt(square);
  }

  @Override
  public void close() {
    forward.close();
    gradient.close();
    delta.close();
    deltaBelow.close();
    ones.close();
  }

  private void makeRoom(int examples) {
    if (examples > capacity) {
      capacity = examples;
      delta.close();
      delta = new FloatPointer((long) examples * stack.widest());
      deltaBelow.close();
      deltaBelow = new FloatPointer((long) examples * stack.widest());
      ones.close();
      ones = new FloatPointer((long) examples);
      for (int i = 0; i < examples; i++) {
        ones.put(i, 1);
      }
      heapDelta = new float[Math.multiplyExact(examples, stack.widest())];
      labels = new float[examples * layers.get(layers.size() - 1).out()];
      weights = new float[examples];
    }
  }

  /** Finds in a minibatch of this size where the parts' delta of the layer below goes. */
  private void find(int examples) {
    for (int l = 1; l < layers.size(); l++) {
      for (Part weights : parameters().weights(l)) {
        below[weights.index()] = deltaBelow.getPointer(stack.offset(l, weights.row(), examples));
      }
    }
  }

  /** From the last layer's delta to the gradient of all parameters. */
  private void backward(int examples, Consumer<Part> ready) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      delta.put(heapDelta, 0, examples * layer.outputs());
      if (l > 0) {
        multiplyByWeights(l, layer, examples); // before they change
      }
      if (layer.positions() > 1) {
        gradientOfBiasesAtEachPosition(l, layer, examples);
      } else {
        gradientOfBiases(l, layer, examples);
      }
      ready.accept(parameters().biases(l));
      for (Part weights : parameters().weights(l)) {
        gradientOfWeights(l, layer, weights, examples);
        ready.accept(weights);
      }
      if (l > 0) {
        deltaBelow(l, layer, examples);
      }
    }
  }

  /** Input or units of the layer below, times delta. */
  private void gradientOfWeights(int l, Layer layer, Part weights, int examples) {
    if (stack.makesExamples(l, examples)) {
      gradientOfWeightsByExample(l, layer, weights, examples);
    } else {
      gradientOfWeightsByUnit(l, layer, weights, examples);
    }
  }

  /** {@code [rows, n] · [n, out]}. */
  private void gradientOfWeightsByUnit(int l, Layer layer, Part weights, int examples) {
    boolean readsExamples = stack.readsExamples(l, examples);
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        readsExamples ? openblas.CblasNoTrans : openblas.CblasTrans,
        openblas.CblasNoTrans,
        weights.rows(),
        layer.out(),
        examples,
        forward.scale(l),
        forward.read(weights),
        readsExamples ? layer.in() : examples,
        delta,
        examples,
        0,
        pointer(weights),
        weights.rows());
  }

  /** {@code [rows, p n] · [p n, out]}. */
  private void gradientOfWeightsByExample(int l, Layer layer, Part weights, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        weights.rows(),
        layer.out(),
        examples * layer.positions(),
        forward.scale(l),
        forward.read(weights),
        layer.in(),
        delta,
        layer.out(),
        0,
        pointer(weights),
        weights.rows());
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
    FloatPointer biases = pointer(parameters().biases(l));
    for (int unit = 0; unit < sums.length; unit++) {
      biases.put(unit, (float) sums[unit]);
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
        pointer(parameters().biases(l)),
        1);
  }

  /** Delta times weights, in the layout of the layer below. */
  private void multiplyByWeights(int l, Layer layer, int examples) {
    boolean readsExamples = stack.readsExamples(l, examples);
    for (Part weights : parameters().weights(l)) {
      if (readsExamples) {
        multiplyWeightsByDelta(layer, weights, examples);
      } else {
        multiplyDeltaByWeights(layer, weights, examples);
      }
    }
  }

  /** {@code [n, out] · [out, rows]}. */
  private void multiplyDeltaByWeights(Layer layer, Part weights, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        examples,
        weights.rows(),
        layer.out(),
        1,
        delta,
        examples,
        parameters().pointer(weights),
        weights.rows(),
        0,
        below[weights.index()],
        examples);
  }

  /** {@code [rows, out] · [out, n]}. */
  private void multiplyWeightsByDelta(Layer layer, Part weights, int examples) {
    openblas.cblas_sgemm(
        openblas.CblasColMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        weights.rows(),
        examples,
        layer.out(),
        1,
        parameters().pointer(weights),
        weights.rows(),
        delta,
        examples,
        0,
        below[weights.index()],
        layer.in());
  }

  /** What came through the weights, times the derivative of dropout and activation. */
  private void deltaBelow(int l, Layer layer, int examples) {
    int count = examples * layer.in();
    deltaBelow.get(heapDelta, 0, count);
    dropout.backward(l - 1, heapDelta, count);
    layers.get(l - 1).activation().backward(forward.values(l - 1), heapDelta, count);
  }

  /** Softmax with cross-entropy: delta = w (p − y) / n, {@code [n, classes]}; Σ w is n. */
  private double softmaxAndLoss(float[] logits, int examples) {
    int classes = layers.get(layers.size() - 1).out();
    Softmax.inPlace(logits, examples, classes);
    double lossSum = 0;
    for (int example = 0; example < examples; example++) {
      float weight = weights[example];
      for (int c = 0; c < classes; c++) {
        int at = c * examples + example;
        float label = labels[example * classes + c];
        if (label != 0) {
          lossSum -= weight * (label * Math.log(Math.max(logits[at], SMALLEST_PROBABILITY)));
        }
        float error = weight * (logits[at] - label);
        heapDelta[at] = Math.abs(error) < SMALLEST_ERROR ? 0 : error / examples;
      }
    }
    return lossSum / examples;
  }
}

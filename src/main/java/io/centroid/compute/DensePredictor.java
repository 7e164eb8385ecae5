package io.centroid.compute;

/** Predicts with a {@link DenseStack}, by the kernels that train it. */
final class DensePredictor implements Predictor {
  /** The most values of a layer that are computed at once, 32 MB. */
  private static final int MOST_VALUES = 1 << 23;

  private final DenseForward forward;
  private final int features;
  private final int classes;
  private final int mostExamples;

  DensePredictor(DenseStack stack, float[] parameters) {
    forward = new DenseForward(stack);
    forward.parameters().put(parameters);
    features = stack.layers().get(0).inputs();
    mostExamples = Math.max(1, MOST_VALUES / Math.max(features, stack.widest()));
    classes = stack.layers().get(stack.layers().size() - 1).out();
  }

  @Override
  public float[] probabilities(float[] values, int examples) {
    float[] probabilities = new float[examples * classes];
    for (int from = 0; from < examples; from += mostExamples) {
      predict(values, from, Math.min(mostExamples, examples - from), probabilities);
    }
    return probabilities;
  }

  private void predict(float[] values, int from, int examples, float[] probabilities) {
    forward.input().fill(values, from * features, examples);
    float[] byClass = forward.run(examples, DenseDropout.NONE);
    Softmax.inPlace(byClass, examples, classes);
    for (int example = 0; example < examples; example++) {
      for (int c = 0; c < classes; c++) {
        probabilities[(from + example) * classes + c] = byClass[c * examples + example];
      }
    }
  }

  @Override
  public void close() {
    forward.close();
  }
}

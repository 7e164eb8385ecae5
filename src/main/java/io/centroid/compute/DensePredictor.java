package io.centroid.compute;

/** Predicts with a {@link DenseStack}, by the kernels that train it. */
final class DensePredictor implements Predictor {
  private final DenseForward forward;
  private final int classes;

  DensePredictor(DenseStack stack, float[] parameters) {
    forward = new DenseForward(stack);
    forward.load(parameters);
    classes = stack.layers().get(stack.layers().size() - 1).out();
  }

  @Override
  public float[] probabilities(float[] features, int examples) {
    forward.input(examples).put(features, 0, features.length);
    float[] byClass = forward.run(examples, DenseDropout.NONE);
    Softmax.inPlace(byClass, examples, classes);
    float[] probabilities = new float[examples * classes];
    for (int example = 0; example < examples; example++) {
      for (int c = 0; c < classes; c++) {
        probabilities[example * classes + c] = byClass[c * examples + example];
      }
    }
    return probabilities;
  }

  @Override
  public void close() {
    forward.close();
  }
}

package io.centroid.config;

/** The forms of network that can be trained. */
public enum NetworkKind {
  /** Input, Flatten, hidden Dense layers, Dense with softmax: Keras' functional model. */
  FLATTEN_DENSE("model_1"),
  /**
   * The first hidden Dense layer on the colour channels of every pixel, Flatten, the other hidden
   * Dense layers, Dense with softmax: Keras' sequential model.
   */
  CHANNEL_DENSE("sequential_1");

  private final String modelName;

  NetworkKind(String modelName) {
    this.modelName = modelName;
  }

  /** What Keras calls the first model of this form. */
  public String modelName() {
    return modelName;
  }
}

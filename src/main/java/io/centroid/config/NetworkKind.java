package io.centroid.config;

/** The forms of network that can be trained. */
public enum NetworkKind {
  /** Input, Flatten, hidden Dense layers with ReLU, Dense with softmax. */
  FLATTEN_DENSE
}

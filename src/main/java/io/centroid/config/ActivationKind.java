package io.centroid.config;

/** The activation of a hidden layer; the output layer's is softmax. */
public enum ActivationKind {
  /** max(0, z). */
  RELU,
  /** z for z ≥ 0, else α z. */
  LEAKY_RELU,
  /** 1 / (1 + e⁻ᶻ). */
  SIGMOID,
  /** tanh z. */
  TANH,
  /** z. */
  IDENTITY
}

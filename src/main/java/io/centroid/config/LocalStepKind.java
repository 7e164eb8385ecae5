package io.centroid.config;

/** Which implementation of the local step trains. */
public enum LocalStepKind {
  /** The fast one where the network allows it, else the general one. */
  AUTO,
  /** Deeplearning4j's own {@code fit}; any network. */
  GENERAL,
  /** Matrix products in OpenBLAS, the rest in plain loops; dense networks. */
  FAST
}

package io.centroid.config;

/** The implementations of parameter averaging. */
public enum EngineKind {
  /** Weighted, ordered, reproducible averaging of parameters and updater state. */
  CENTROID,
  /** Deeplearning4j's {@code ParameterAveragingTrainingMaster}, guarded: the baseline. */
  STOCK
}

package io.centroid.config;

import io.centroid.data.Normalization;

/** What is asked for when features are normalized. */
public enum NormalizationKind {
  /** What is usual: {@link #UNIT} for pixels, {@link #STANDARDIZE} for columns. */
  AUTO(null),
  /** As {@link Normalization#UNIT}. */
  UNIT(Normalization.UNIT),
  /** As {@link Normalization#STANDARDIZE}. */
  STANDARDIZE(Normalization.STANDARDIZE),
  /** As {@link Normalization#NONE}. */
  NONE(Normalization.NONE);

  private final Normalization normalization;

  NormalizationKind(Normalization normalization) {
    this.normalization = normalization;
  }

  /** The way that is asked for; null for {@link #AUTO}. */
  Normalization normalization() {
    return normalization;
  }
}

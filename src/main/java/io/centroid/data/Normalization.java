package io.centroid.data;

/** How pixels 0..255 become features. */
public enum Normalization {
  /** x / 255, so 0 to 1. */
  UNIT,
  /** (x / 255 - mean) / deviation, per colour channel, measured on the training split. */
  STANDARDIZE,
  /** x, unchanged. */
  NONE
}

package io.centroid.data;

/** How pixels 0..255, or columns, become features. */
public enum Normalization {
  /** x / 255, so 0 to 1; pixels only. */
  UNIT,
  /**
   * (x / 255 - mean) / deviation, per colour channel, or (x - mean) / deviation, per column;
   * measured on the training split.
   */
  STANDARDIZE,
  /** x, unchanged. */
  NONE
}

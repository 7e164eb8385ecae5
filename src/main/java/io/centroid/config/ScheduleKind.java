package io.centroid.config;

/** How the learning rate changes over a training. */
public enum ScheduleKind {
  /** It stays. */
  CONSTANT,
  /** It is multiplied by a factor every so many epochs. */
  STEP,
  /** It falls to 0 along half a cosine (Loshchilov and Hutter, "SGDR", ICLR 2017). */
  COSINE,
  /**
   * It rises from 1/25 over the first 30 % of the steps and falls to 1/250,000 over the rest, both
   * along half a cosine (Smith and Topin, "Super-convergence", 2018; the shape is PyTorch's {@code
   * OneCycleLR}).
   */
  ONE_CYCLE
}

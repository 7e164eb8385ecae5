package io.centroid.data;

/** What an image is used for. */
public enum Split {
  /** Trained on. */
  TRAIN,
  /** Held out of the training images to choose the best epoch. */
  VALIDATION,
  /** The official test images; measured once, at the end. */
  TEST
}

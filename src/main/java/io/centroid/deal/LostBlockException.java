package io.centroid.deal;

/** A block of a share is nowhere any more; it can be made again, but not by who looked for it. */
public final class LostBlockException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostBlockException(String message) {
    super(message);
  }
}

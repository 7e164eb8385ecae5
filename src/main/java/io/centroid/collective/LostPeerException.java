package io.centroid.collective;

/** A group cannot go on because of one of its members, or of the way to it. */
public final class LostPeerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean unreachable;

  /**
   * A loss.
   *
   * @param unreachable whether the peer could not be reached at all
   */
  LostPeerException(String message, boolean unreachable) {
    super(message);
    this.unreachable = unreachable;
  }

  /** Whether there never was a way to the peer. */
  public boolean isUnreachable() {
    return unreachable;
  }
}

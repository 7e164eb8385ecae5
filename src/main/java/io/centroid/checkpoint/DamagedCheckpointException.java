package io.centroid.checkpoint;

import java.io.IOException;

/** A checkpoint is not what was written; reading it again does not help. */
final class DamagedCheckpointException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedCheckpointException(String found) {
    super(found);
  }
}

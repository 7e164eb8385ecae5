package io.centroid.publish;

import java.io.IOException;
import java.io.OutputStream;

/** What is written to a file. */
@FunctionalInterface
public interface Content {
  /** Writes the file's bytes; the stream is closed by the caller. */
  void writeTo(OutputStream out) throws IOException;
}

package io.centroid.storage;

import java.util.Set;
import org.apache.hadoop.fs.FileSystem;

/**
 * Tells object stores from file systems. In an object store a file appears whole when its stream is
 * closed, and renaming a directory copies one file after the other, which others can see.
 */
public final class ObjectStores {
  private static final Set<String> SCHEMES = Set.of("s3a", "s3", "s3n", "gs", "oss", "cosn", "obs");

  private ObjectStores() {}

  /** Whether it is one. */
  public static boolean holds(FileSystem fileSystem) {
    return SCHEMES.contains(fileSystem.getUri().getScheme());
  }
}

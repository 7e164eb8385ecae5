package io.centroid;

import java.nio.file.Path;

/** Where the build of the line of Spark that is tested puts its files. */
public final class Built {
  /** The build directory, absolute. */
  public static final Path TARGET =
      Path.of(System.getProperty("centroid.target", "target")).toAbsolutePath();

  private Built() {}
}

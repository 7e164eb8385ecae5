package io.centroid.publish;

import org.apache.hadoop.fs.Path;

/** Names of what lies beside something for a while: hidden, and told by its name. */
final class HiddenName {
  private HiddenName() {}

  /** A path beside another; a colon in its name is no URI's. */
  static Path beside(Path path, String suffix) {
    return new Path(path.getParent(), new Path(null, null, "." + path.getName() + suffix));
  }
}

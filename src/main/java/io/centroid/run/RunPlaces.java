package io.centroid.run;

import io.centroid.publish.Lock;
import org.apache.hadoop.fs.Path;

/**
 * Where the things of one run are.
 *
 * @param target its directory once it is published
 */
public record RunPlaces(Path target) {

  /** What says that a process works on the run. */
  public Path lock() {
    return Lock.beside(target);
  }

  /** Directory of the checkpoints of a run that is under way. */
  public Path checkpoints() {
    return hidden("checkpoints");
  }

  /** The page about a run that is under way. */
  public Path progressPage() {
    return new Path(target.getParent(), target.getName() + ".in-progress.html");
  }

  private Path hidden(String what) {
    return new Path(target.getParent(), "." + target.getName() + "." + what);
  }
}

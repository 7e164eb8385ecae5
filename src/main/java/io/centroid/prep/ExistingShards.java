package io.centroid.prep;

/** What to do with a shard set of other images or settings at the place to write to. */
public enum ExistingShards {
  /** Leave it and refuse. */
  KEEP,
  /** Replace it once the new one is complete. */
  OVERWRITE
}

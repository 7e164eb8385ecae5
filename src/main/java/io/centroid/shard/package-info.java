/**
 * The contract between preparation and training: Parquet shards and the manifest that describes
 * them. Where images come from is in {@code prep}; no Deeplearning4j.
 */
package io.centroid.shard;

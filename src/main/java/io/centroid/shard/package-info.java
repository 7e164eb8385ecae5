/**
 * The contract between preparation and training: Parquet shards and the manifest that describes
 * them.
 */
package io.centroid.shard;

/**
 * The preparation job: download, splits, and the tasks that write shards. Sources are in {@code
 * source}, the format of shards is in {@code shard}; nothing here knows networks.
 */
package io.centroid.prep;

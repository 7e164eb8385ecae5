/**
 * The preparation job: sources of images, download, splits, and the tasks that write shards. The
 * format of shards is in {@code shard}; nothing here knows networks.
 */
package io.centroid.prep;

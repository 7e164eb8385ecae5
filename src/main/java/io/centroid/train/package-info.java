/**
 * The training job alone: opens shards, deals, runs epoch after epoch, evaluates, writes and
 * publishes the run. Rounds are in {@code average}, what outlives a crash in {@code checkpoint},
 * pages in {@code report}.
 */
package io.centroid.train;

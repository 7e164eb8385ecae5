package io.centroid.shard;

import io.centroid.data.Split;
import java.io.Serializable;

/**
 * One shard file, as the manifest lists it.
 *
 * @param file its path below the shard set's directory
 * @param split what its examples are for
 * @param rows how many examples it holds
 * @param bytes its size
 * @param contentHash {@link ContentHash} of its rows
 */
public record ShardEntry(String file, Split split, long rows, long bytes, String contentHash)
    implements Serializable {}

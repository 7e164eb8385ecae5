package io.centroid.prep;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.SourceFile;
import io.centroid.shard.Manifest.SplitCount;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardWriter.Written;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** What a source was found to hold, read and checked, each example with its split. */
interface Content {
  /** The files that were read, where there are few; empty for others. */
  List<SourceFile> sources();

  /** A hash of ids, labels and features. */
  String hash();

  /** How many examples each split has. */
  List<SplitCount> counts();

  /** Of the training split. */
  ChannelStatistics statistics();

  /**
   * Writes the shards.
   *
   * @param directory the shard set's
   */
  List<Written> write(Path directory, RowFormat format) throws IOException;
}

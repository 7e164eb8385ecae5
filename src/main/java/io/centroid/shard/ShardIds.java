package io.centroid.shard;

import io.centroid.error.JobException;
import io.centroid.example.Coverage;
import io.centroid.example.SplitMix;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.MessageType;

/**
 * The ids of one shard file, summed up.
 *
 * @param first the smallest
 * @param last the largest
 * @param coverage of those that count
 */
record ShardIds(long first, long last, Coverage coverage) implements Serializable {
  private static final MessageType ID_COLUMN =
      new MessageType(ShardSchema.TYPE.getName(), ShardSchema.TYPE.getType(ShardSchema.ID));

  /**
   * Reads the ids of a file, and nothing else of it.
   *
   * @param count how many of them count
   * @throws JobException as {@link ShardReader} does; when they do not ascend
   */
  static ShardIds read(Path file, Configuration configuration, long count) {
    Configuration idOnly = new Configuration(configuration);
    idOnly.set(ReadSupport.PARQUET_READ_SCHEMA, ID_COLUMN.toString());
    ShardIds ids = new ShardIds(Long.MAX_VALUE, Long.MIN_VALUE, Coverage.NONE);
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(idOnly).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        ids = ids.plus(row.getLong(ShardSchema.ID, 0), count, file);
      }
    } catch (IOException | RuntimeException e) {
      // Parquet throws unchecked exceptions of many kinds at damaged pages.
      throw e instanceof JobException known ? known : ShardReader.unreadable(file, e);
    }
    return ids;
  }

  private ShardIds plus(long id, long count, Path file) {
    if (id <= last) {
      throw outOfOrder(file, last, id);
    }
    boolean counts = coverage.examples() < count;
    return new ShardIds(
        Math.min(first, id),
        id,
        counts ? coverage.plus(new Coverage(1, SplitMix.mix(id))) : coverage);
  }

  /**
   * The coverage of files that follow each other.
   *
   * @throws JobException when one begins before the one before it ends
   */
  static Coverage inOrder(Path directory, List<ShardIds> files) {
    Coverage all = Coverage.NONE;
    long before = Long.MIN_VALUE;
    for (ShardIds file : files) {
      if (file.first() <= before) {
        throw outOfOrder(directory, before, file.first());
      }
      before = file.last();
      all = all.plus(file.coverage());
    }
    return all;
  }

  private static JobException outOfOrder(Path where, long before, long id) {
    return JobException.data(
        "Cannot use shards %s: found id %d after %d, expected ids in ascending order. Prepare the shards again."
            .formatted(where, id, before));
  }
}

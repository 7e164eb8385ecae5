package io.centroid.shard;

import io.centroid.error.JobException;
import java.io.IOException;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.MessageType;

/** Reads the ids of one shard file, and nothing else of it. */
final class ShardIds {
  private static final MessageType ID_COLUMN =
      new MessageType(ShardSchema.TYPE.getName(), ShardSchema.TYPE.getType(ShardSchema.ID));

  private ShardIds() {}

  /**
   * The ids in the order of the rows.
   *
   * @throws JobException as {@link ShardReader} does
   */
  static long[] read(Path file, Configuration configuration) {
    Configuration idOnly = new Configuration(configuration);
    idOnly.set(ReadSupport.PARQUET_READ_SCHEMA, ID_COLUMN.toString());
    LongStream.Builder ids = LongStream.builder();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(idOnly).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        ids.add(row.getLong(ShardSchema.ID, 0));
      }
    } catch (IOException | RuntimeException e) {
      // Parquet throws unchecked exceptions of many kinds at damaged pages.
      throw ShardReader.unreadable(file, e);
    }
    return ids.build().toArray();
  }
}

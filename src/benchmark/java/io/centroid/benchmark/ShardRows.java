package io.centroid.benchmark;

import static org.apache.spark.sql.functions.col;

import io.centroid.data.Split;
import io.centroid.shard.ShardSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A split of a shard set as Spark ML has it. */
final class ShardRows {
  private ShardRows() {}

  /** Columns {@code label} and {@code features}, a vector. */
  static Dataset<Row> of(SparkSession session, ShardSet shards, Split split) {
    String[] files = shards.files(split).stream().map(Path::toString).toArray(String[]::new);
    return session
        .read()
        .parquet(files)
        .select(
            col("label").cast("double"), functions.array_to_vector(col("features")).as("features"));
  }
}

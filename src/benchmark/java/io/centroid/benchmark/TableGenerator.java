package io.centroid.benchmark;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A table of two classes, as large as you say, as Parquet: columns {@code x0}, {@code x1}, ... of
 * standard normal numbers, and {@code label}, which is 1 where
 *
 * <p>Σ sin(i) x_i + 2 x0 x1 + x2 x3 + noise &gt; 0
 *
 * <p>with standard normal noise, so that a linear classifier misses a part that a dense network
 * finds, and nobody finds all. The same sizes give the same rows on every machine.
 */
final class TableGenerator {
  private static final int FILES = 8;
  private static final int NOISE_SEED = 0;

  private TableGenerator() {}

  /** Writes a table of {@code rows} rows with {@code columns} columns, 4 or more. */
  static void write(SparkSession session, long rows, int columns, String output) {
    Dataset<Row> table = session.range(0, rows, 1, FILES).toDF("row");
    Column score =
        functions
            .randn(NOISE_SEED)
            .plus(functions.col("x0").multiply(functions.col("x1")).multiply(2))
            .plus(functions.col("x2").multiply(functions.col("x3")));
    for (int i = 0; i < columns; i++) {
      table = table.withColumn("x" + i, functions.randn(i + 1).cast("float"));
      score = score.plus(functions.col("x" + i).multiply(Math.sin(i)));
    }
    table.withColumn("label", score.gt(0).cast("int")).drop("row").write().parquet(output);
  }
}

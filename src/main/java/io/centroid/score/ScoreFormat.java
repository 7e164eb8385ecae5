package io.centroid.score;

/** The file formats that scores can be written in. */
public enum ScoreFormat {
  /** Apache Parquet. */
  PARQUET,
  /** Comma-separated values with a header line in each file. */
  CSV
}

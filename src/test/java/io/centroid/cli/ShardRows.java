package io.centroid.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The rows of a directory of shards, read without any code of ours. */
final class ShardRows implements AutoCloseable {
  private final Connection connection;
  private final Path directory;

  ShardRows(Path directory) throws IOException {
    this.directory = directory;
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** One row. */
  @SuppressWarnings("ArrayRecordComponent") // read once
  record RowOfShard(int label, float[] features) {}

  List<RowOfShard> rows() throws IOException {
    List<RowOfShard> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select label, features from read_parquet('" + directory + "/*.parquet')")) {
      while (result.next()) {
        Object[] values = (Object[]) result.getArray(2).getArray();
        float[] features = new float[values.length];
        for (int i = 0; i < features.length; i++) {
          features[i] = (Float) values[i];
        }
        rows.add(new RowOfShard(result.getInt(1), features));
      }
      return rows;
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}

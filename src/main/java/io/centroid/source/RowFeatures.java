package io.centroid.source;

import io.centroid.data.FeatureShape;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;

/** What is learned from in the rows of a table. */
sealed interface RowFeatures extends Serializable permits TableColumns, TablePicture {

  /** The table's columns that are read. */
  List<String> columnNames();

  /** That of every example. */
  FeatureShape shape();

  /** A name for each value; null for pixels. */
  List<String> names();

  /**
   * The features of a row, coded as those of this shape are.
   *
   * @throws UnreadableRowException when there are none
   */
  byte[] of(Row row) throws UnreadableRowException;

  /** A row that nothing can be learned from; the message says what was found and expected. */
  final class UnreadableRowException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableRowException(String message) {
      super(message);
    }
  }
}

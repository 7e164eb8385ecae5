package io.centroid.source;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where a table is and what its columns are.
 *
 * @param path any Hadoop path
 * @param format parquet, csv, json, orc or libsvm; null to tell by the names of its files
 * @param label the column of the classes
 * @param features the columns to learn from; empty for all that are left
 * @param split the column that says train, validation or test; null for none
 * @param id a column of whole numbers, none twice; null for none
 * @param weight a column of numbers, 0 or more, how much a row counts; null for none
 */
public record TableOptions(
    String path,
    String format,
    String label,
    List<String> features,
    String split,
    String id,
    String weight)
    implements Serializable {

  /** The columns that are not to be learned from. */
  List<String> special() {
    return Stream.of(label, split, id, weight).filter(Objects::nonNull).toList();
  }
}

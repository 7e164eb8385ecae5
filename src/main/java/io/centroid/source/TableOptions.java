package io.centroid.source;

import java.util.List;

/**
 * Where a table is and what its columns are.
 *
 * @param path any Hadoop path
 * @param format parquet, csv, json, orc or libsvm; null to tell by the names of its files
 * @param label the column of the classes
 * @param features the columns to learn from; empty for all that are left
 * @param split the column that says train, validation or test; null for none
 * @param id a column of whole numbers, none twice; null for none
 */
public record TableOptions(
    String path, String format, String label, List<String> features, String split, String id) {}

package io.centroid.cli;

import io.centroid.error.JobException;
import io.centroid.source.TableOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say what the columns of a table are. */
public final class TableArguments {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of --table: parquet, csv (with a header), json, orc or libsvm; default: told by the names of its files.")
  private String format;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "Of --table: the classes, numbers or texts.")
  private String label;

  @Option(
      names = "--features",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "Of --table: what to learn from, numbers, arrays of numbers or vectors; default: all that is left.")
  private List<String> features = List.of();

  @Option(
      names = "--split",
      paramLabel = "COLUMN",
      description = "Of --table: says train, validation or test; default: drawn.")
  private String split;

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description = "Of --table: whole numbers, none twice; default: a hash of what is in the row.")
  private String id;

  @Option(
      names = "--weight",
      paramLabel = "COLUMN",
      description =
          "Of --table: how much a row counts, in loss, averages and metrics; default: all the same.")
  private String weight;

  /** What they say of a table. */
  TableOptions of(String path) {
    if (label == null) {
      throw JobException.settings(
          "Cannot read table %s: found no --label, expected the column of the classes."
              .formatted(path));
    }
    return new TableOptions(path, format, label, List.copyOf(features), split, id, weight);
  }

  /** Refuses what they say where there is no table. */
  void requireNone() {
    if (!arguments().isEmpty()) {
      throw JobException.settings(
          "Cannot use %s: found no --table, expected one that has the column. Leave it out."
              .formatted(arguments().get(0)));
    }
  }

  /** The options as they were given. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    add("--format", format, arguments);
    add("--label", label, arguments);
    add("--features", features.isEmpty() ? null : String.join(",", features), arguments);
    add("--split", split, arguments);
    add("--id", id, arguments);
    add("--weight", weight, arguments);
    return arguments;
  }

  private static void add(String option, String value, List<String> arguments) {
    if (value != null) {
      arguments.addAll(List.of(option, value));
    }
  }
}

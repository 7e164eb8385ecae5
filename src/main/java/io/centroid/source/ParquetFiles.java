package io.centroid.source;

import io.centroid.data.FileKind;
import io.centroid.error.JobException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The Parquet files of a data set as Hugging Face has them: each of one split, which its name says,
 * {@code train-00000-of-00001.parquet}.
 */
public final class ParquetFiles {
  /** A path of such a file; the first group is its split. */
  static final Pattern NAME = Pattern.compile(".*/([A-Za-z]+)-\\d+-of-\\d+(?:-\\w+)?\\.\\w+");

  /** Files that are looked at: those of a data set of 5 TB. */
  private static final int LOOKED_AT = 10_000;

  private ParquetFiles() {}

  /** Whether a path is that of such a file. */
  static boolean isOne(String file) {
    Matcher name = NAME.matcher(file);
    return name.matches() && SplitNames.split(name.group(1)).isPresent();
  }

  /** Those in a directory and in others below it; empty where there are none. */
  public static List<String> in(Path path, Configuration configuration) throws IOException {
    SourceFiles storage = SourceFiles.of(path, configuration);
    if (!storage.status(path).isDirectory()) {
      return List.of();
    }
    try {
      List<String> found = new ArrayList<>();
      for (Path file : storage.first(path, LOOKED_AT)) {
        if (isOne(file.toString())) {
          found.add(file.toString());
        }
      }
      return found.isEmpty() || !isParquet(storage, new Path(found.get(0))) ? List.of() : found;
    } catch (JobException e) {
      return List.of(); // it cannot be looked into, which others tell
    }
  }

  private static boolean isParquet(SourceFiles storage, Path file) throws IOException {
    return FileKind.of(storage.start(file)).equals(Optional.of(FileKind.PARQUET));
  }
}

package io.centroid.shard;

import io.centroid.data.Split;
import io.centroid.example.Coverage;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * One shard file, as the manifest lists it.
 *
 * @param file its path below the shard set's directory
 * @param split what its examples are for
 * @param rows how many examples it holds
 * @param bytes its size
 * @param ids the ids of its examples
 * @param contentHash {@link ContentHash} of its rows
 */
public record ShardEntry(
    String file, Split split, long rows, long bytes, ShardIds ids, String contentHash)
    implements Serializable {
  /** Of names below the directory. */
  private static final Pattern BELOW = Pattern.compile("[\\w=-][\\w=.-]*(/[\\w=-][\\w=.-]*)*");

  /** Checks what it says; throws {@link IllegalArgumentException}. */
  public ShardEntry {
    if (!BELOW.matcher(file).matches() || rows < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "file %s of %d rows, which is none below the directory".formatted(file, rows));
    }
  }

  /** Which examples it holds. */
  Coverage coverage() {
    return new Coverage(rows, ids.sum());
  }
}

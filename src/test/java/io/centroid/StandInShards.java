package io.centroid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * The small shard set that tests train on: stand-in data, 2,000 training images, of which a tenth
 * is for validation, and 500 test images.
 */
public final class StandInShards {
  private static Path ready;

  private StandInShards() {}

  /** One that is there, in four files a split; for reading only. */
  public static synchronized Path ready() throws IOException {
    if (ready == null) {
      Path directory = Files.createTempDirectory("stand-in-shards");
      prepare(directory.resolve("shards").toString(), 4);
      FileUtils.forceDeleteOnExit(directory.toFile());
      ready = directory.resolve("shards");
    }
    return ready;
  }

  /**
   * Arguments of {@code prepare} that make it.
   *
   * @param shards any Hadoop path
   * @param files how many files each split has
   */
  public static String[] arguments(String shards, int files, String... more) {
    return CommandLine.of("--stand-in", "--shards", shards)
        .set(
            "prepare.stand-in.training-images=2000",
            "prepare.stand-in.test-images=500",
            "prepare.shards=" + files)
        .with(more)
        .toArray();
  }

  /** Makes it in this JVM. */
  public static CommandLineRun prepare(String shards, int files) {
    return CommandLine.of("prepare").with(arguments(shards, files)).done();
  }
}

package io.centroid.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.StandInShards;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A storage that fails while shards are read is not taken for shards that are damaged. */
final class ShardStorageIT {
  @TempDir private Path directory;

  /** The local file system, in which files with an ending cannot be opened. */
  public abstract static class Failing extends LocalFileSystem {
    Failing(String ending, IOException failure) {
      super(new FailingRaw(ending, failure));
    }
  }

  private static final class FailingRaw extends RawLocalFileSystem {
    private final String ending;
    private final IOException failure;

    FailingRaw(String ending, IOException failure) {
      this.ending = ending;
      this.failure = failure;
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize)
        throws IOException {
      if (file.getName().endsWith(ending)) {
        throw failure;
      }
      return super.open(file, bufferSize);
    }
  }

  /** Of shards the connection is reset. */
  public static final class Resetting extends Failing {
    /** Creates the file system; Hadoop does that. */
    public Resetting() {
      super(".parquet", new SocketException("Connection reset"));
    }
  }

  /** The process has no file left to open the manifest with. */
  public static final class Exhausted extends Failing {
    /** Creates the file system; Hadoop does that. */
    public Exhausted() {
      super("manifest.json", new FileNotFoundException("manifest.json (Too many open files)"));
    }
  }

  @Test
  void aConnectionThatIsResetIsNoDamage() throws IOException {
    CommandLineRun run = train(StandInShards.ready(), Resetting.class);
    assertThat(run.err())
        .startsWith("centroid: Cannot read shard ")
        .contains("found no connection (Connection reset), expected a host that answers.")
        .doesNotContain("Prepare")
        .hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(8);
  }

  @Test
  void aManifestThatCannotBeOpenedIsNotMissing() throws IOException {
    CommandLineRun run = train(StandInShards.ready(), Exhausted.class);
    assertThat(run.err()).contains("(Too many open files)", "ulimit").doesNotContain("repare");
    assertThat(run.exitCode()).isEqualTo(8);
  }

  @Test
  void damageIs() throws IOException {
    Path shards = directory.resolve("shards");
    FileUtils.copyDirectory(StandInShards.ready().toFile(), shards.toFile());
    Path shard = shards.resolve("split=train/part-00000.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length - 1] = 0; // of the magic number at its end
    Files.write(shard, bytes);
    Files.deleteIfExists(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    CommandLineRun run = train(shards, LocalFileSystem.class);
    assertThat(run.err()).contains("Prepare the shards again.");
    assertThat(run.exitCode()).isEqualTo(3);
  }

  private CommandLineRun train(Path shards, Class<?> fileSystem) {
    return CommandLineRun.of(
        Map.of(
            "spark.hadoop.fs.file.impl",
            fileSystem.getName(),
            "spark.hadoop.fs.file.impl.disable.cache",
            "true"),
        CommandLine.of("train", "--shards", shards, "--runs", directory.resolve("runs"))
            .set("training.epochs=1", "network.hidden-widths=[10]")
            .toArray());
  }
}

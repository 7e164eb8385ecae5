package io.centroid.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.run.RunDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishing where the file system says that it is an object store: the order of what appears. */
final class ObjectStorePublishingTest {
  private final Configuration hadoop = new Configuration(false);
  @TempDir private java.nio.file.Path directory;
  private Recorded store;

  /** A local directory under the scheme of an object store; notes what appears, in order. */
  public static final class Recorded extends RawLocalFileSystem {
    private final List<String> appeared = new ArrayList<>();

    @Override
    public URI getUri() {
      return URI.create("s3a:///");
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      appeared.add(file.toUri().getPath());
      return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      appeared.add(to.toUri().getPath());
      return super.rename(from, to);
    }
  }

  @BeforeEach
  void open() throws IOException {
    hadoop.setClass("fs.s3a.impl", Recorded.class, FileSystem.class);
    hadoop.setBoolean("fs.s3a.impl.disable.cache", false);
    store = (Recorded) FileSystem.get(URI.create("s3a:///"), hadoop);
    store.appeared.clear();
  }

  @Test
  void successAppearsAfterEveryFileOfARun() throws IOException {
    Path target = at("runs/1234");
    try (RunDirectory run = RunDirectory.stage(target, hadoop)) {
      run.write("model.zip", "model");
      run.write("outcome.json", "{}");
      assertThat(RunDirectory.isPublished(target, hadoop)).isFalse();
      run.publish();
    }
    assertThat(RunDirectory.isPublished(target, hadoop)).isTrue();
    assertThat(names(target))
        .containsExactlyInAnyOrder("model.zip", "outcome.json", "_SUCCESS")
        .endsWith("_SUCCESS");
    assertThat(directory.resolve("runs/.1234.staging")).doesNotExist();
  }

  @Test
  void whatAKilledProcessLeftOfARunIsReplaced() throws IOException {
    Path target = at("runs/1234");
    try (OutputStream out = store.create(new Path(target, "left-over"))) {
      out.write(1);
    }
    try (RunDirectory run = RunDirectory.stage(target, hadoop)) {
      run.write("outcome.json", "{}");
      run.publish();
    }
    assertThat(directory.resolve("runs/1234")).isDirectoryNotContaining("glob:**/left-over");
  }

  /** Two processes may have the lock of one run where creating a file is not exclusive. */
  @Test
  void aRunThatAnotherPublishedMeanwhileStays() throws IOException {
    Path target = at("runs/1234");
    try (RunDirectory late = RunDirectory.stage(target, hadoop)) {
      late.write("outcome.json", "late");
      store.create(new Path(target, "outcome.json")).close();
      store.create(new Path(target, "_SUCCESS")).close();
      late.publish();
    }
    try (RunDirectory failed = RunDirectory.stage(target, hadoop)) {
      failed.write("outcome.json", "failed");
    }
    assertThat(directory.resolve("runs/1234/outcome.json")).isEmptyFile();
    assertThat(RunDirectory.isPublished(target, hadoop)).isTrue();
  }

  @Test
  void aRunThatFailsLeavesNothing() throws IOException {
    try (RunDirectory run = RunDirectory.stage(at("runs/1234"), hadoop)) {
      run.write("outcome.json", "{}");
    }
    assertThat(directory.resolve("runs/1234")).doesNotExist();
  }

  @Test
  void aStagedDirectoryAppearsWithItsLastFileLast() throws IOException {
    Path target = at("shards");
    try (StagingDirectory staging = StagingDirectory.beside(target, "shards", "--shards", hadoop)) {
      for (String name : List.of("manifest.json", "a", "split=train/part-0", "z")) {
        store.create(new Path(staging.path(), name)).close();
      }
      store.appeared.clear();
      staging.publish("manifest.json");
    }
    assertThat(names(target))
        .hasSize(4)
        .contains("a", "z", "split=train")
        .endsWith("manifest.json");
    assertThat(directory.resolve("shards/split=train/part-0")).exists();
  }

  private Path at(String name) {
    return new Path("s3a://" + directory.resolve(name));
  }

  private List<String> names(Path parent) {
    String prefix = parent.toUri().getPath() + "/";
    return store.appeared.stream()
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()))
        .toList();
  }
}

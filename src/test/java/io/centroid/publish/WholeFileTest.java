package io.centroid.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {
  private static final Configuration HADOOP = new Configuration(false);
  @TempDir private Path directory;

  @Test
  void isReplacedAndLeavesNothingAside() throws IOException {
    assertThat(WholeFile.read(file(), HADOOP)).isEmpty();
    WholeFile.replace(file(), "first", HADOOP);
    WholeFile.replace(file(), "the second — longer", HADOOP);
    assertThat(WholeFile.read(file(), HADOOP)).contains("the second — longer");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("current.json"));
    }
  }

  @Test
  void replacesAFileThatHadoopWroteWithAChecksum() throws IOException {
    try (var out = file().getFileSystem(HADOOP).create(file(), true)) {
      out.writeBytes("with a checksum");
    }
    assertThat(directory.resolve(".current.json.crc")).exists();
    WholeFile.replace(file(), "without", HADOOP);
    assertThat(WholeFile.read(file(), HADOOP)).contains("without");
  }

  @Test
  void whoReadsMeanwhileSeesOneOrTheOther() throws Exception {
    String one = "1".repeat(5000);
    String other = "2".repeat(9000);
    WholeFile.replace(file(), one, HADOOP);
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<?> written =
          writer.submit(
              () -> {
                for (int i = 0; i < 30; i++) {
                  WholeFile.replace(file(), i % 2 == 0 ? other : one, HADOOP);
                }
                return null;
              });
      while (!written.isDone()) {
        assertThat(WholeFile.read(file(), HADOOP).orElseThrow()).isIn(one, other);
      }
      written.get();
    } finally {
      writer.shutdown();
    }
  }

  private org.apache.hadoop.fs.Path file() {
    return new org.apache.hadoop.fs.Path(directory.resolve("current.json").toUri());
  }
}

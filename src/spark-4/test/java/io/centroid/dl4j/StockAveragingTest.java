package io.centroid.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cli.Centroid;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StockAveragingTest {
  @TempDir private Path directory;

  @Test
  void isRefusedByNameBeforeAnythingElse() {
    StringWriter said = new StringWriter();
    int exitCode =
        Centroid.execute(
            new PrintWriter(said, true),
            "train",
            "--shards",
            directory.resolve("none").toString(),
            "--runs",
            directory.resolve("runs").toString(),
            "--set",
            "averaging.engine=stock");
    assertThat(exitCode).isEqualTo(2);
    assertThat(said.toString())
        .startsWith(
            "centroid: Cannot train with averaging.engine = stock: found Spark 4, expected Spark 3.5")
        .hasLineCount(1);
  }
}

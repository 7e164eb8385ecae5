package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.StandInShards;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark's jar beside the job's, by {@code submit/benchmark.sh}. */
final class BenchmarkIT {
  @TempDir private Path directory;

  @Test
  void itFailsAsTheJobDoes() throws Exception {
    String shards = directory.resolve("shards").toString();
    StandInShards.prepare(shards, 1);
    ScriptRun few = run("few", "step", "--shards", shards);
    assertThat(few.exitCode()).as(few.output()).isEqualTo(2);
    assertThat(few.output())
        .contains("centroid: Cannot measure with shards")
        .contains("found 1,800 training images, expected at least 25,600.");
    ScriptRun none = run("none", "step", "--shards", shards + "-none", "--driver-memory", "1g");
    assertThat(none.exitCode()).as(none.output()).isEqualTo(3);
    assertThat(none.output()).contains("centroid: Cannot open shards").hasLineCount(1);
    ScriptRun help = run("help", "step", "--help");
    assertThat(help.exitCode()).as(help.output()).isZero();
    assertThat(help.output()).contains("Usage: submit/benchmark.sh", "--repetitions", "Examples:");
  }

  private ScriptRun run(String name, String... arguments) throws Exception {
    return StandaloneCluster.run(
        directory.resolve(name + ".out"), "submit/benchmark.sh", arguments);
  }
}

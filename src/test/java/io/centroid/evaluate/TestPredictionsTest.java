package io.centroid.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestPredictionsTest {
  private static final Configuration HADOOP = new Configuration(false);
  @TempDir private Path run;

  @Test
  void readsWhatItWrote() throws IOException {
    assertThat(TestPredictions.read(hadoopRun(), HADOOP)).isEmpty();
    TestPredictions written =
        new TestPredictions(
            new long[] {50_000, 50_001},
            new int[] {3, 8},
            new int[] {5, 8},
            new float[] {0.25f, 1 / 3f});
    try (OutputStream out = Files.newOutputStream(run.resolve(TestPredictions.FILE))) {
      written.write(out);
    }
    assertThat(run.resolve(TestPredictions.FILE))
        .hasContent("id,label,predicted,probability\n50000,3,5,0.25\n50001,8,8,0.33333334\n");
    TestPredictions read = TestPredictions.read(hadoopRun(), HADOOP).orElseThrow();
    assertThat(read.sameImages(written)).isTrue();
    assertThat(read.predicted()).containsExactly(5, 8);
    assertThat(read.probabilities()).containsExactly(0.25f, 1 / 3f);
    assertThat(read.against(written)).isEqualTo(new McNemar(1, 0, 0, 1));
  }

  @Test
  void tellsOtherImagesApart() {
    TestPredictions some =
        new TestPredictions(new long[] {1}, new int[] {3}, new int[] {3}, new float[1]);
    assertThat(
            some.sameImages(
                new TestPredictions(new long[] {2}, new int[] {3}, new int[1], new float[1])))
        .isFalse();
    TestPredictions other =
        new TestPredictions(new long[] {1}, new int[] {4}, new int[1], new float[1]);
    assertThat(some.sameImages(other)).isFalse();
    assertThatThrownBy(() -> some.against(other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhichLineIsDamaged() throws IOException {
    assertRefused("id;label\n", "predictions.csv, line 1: found id;label, expected id,label,");
    assertRefused(
        "id,label,predicted,probability\n50000,3,5,0.5\n50001,8\n",
        "predictions.csv, line 3: found 50001,8, expected three whole numbers and a probability.");
  }

  private void assertRefused(String content, String message) throws IOException {
    Files.writeString(run.resolve(TestPredictions.FILE), content);
    assertThatThrownBy(() -> TestPredictions.read(hadoopRun(), HADOOP))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessageContaining(message);
  }

  private org.apache.hadoop.fs.Path hadoopRun() {
    return new org.apache.hadoop.fs.Path(run.toUri());
  }
}

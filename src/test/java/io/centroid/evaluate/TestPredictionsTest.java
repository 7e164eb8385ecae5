package io.centroid.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            List.of(
                new Prediction(50_001, 8, 8, 1 / 3f),
                new Prediction(50_000, 3, 5, 0.25f),
                new Prediction(50_002, 1, 1, 1e-7f)));
    Files.writeString(run.resolve(TestPredictions.FILE), written.toCsv());
    assertThat(run.resolve(TestPredictions.FILE))
        .hasContent(
            "id,label,predicted,probability\n50000,3,5,0.25\n50001,8,8,0.33333334\n50002,1,1,1.0E-7\n");
    TestPredictions read = TestPredictions.read(hadoopRun(), HADOOP).orElseThrow();
    assertThat(read).isEqualTo(written);
    assertThat(read.against(written)).isEqualTo(new McNemar(2, 0, 0, 1));
  }

  @Test
  void tellsOtherImagesApart() {
    TestPredictions some = new TestPredictions(List.of(new Prediction(1, 3, 3, 0)));
    assertThat(some.sameImages(new TestPredictions(List.of(new Prediction(1, 3, 0, 1))))).isTrue();
    assertThat(some.sameImages(new TestPredictions(List.of(new Prediction(2, 3, 0, 0))))).isFalse();
    TestPredictions other = new TestPredictions(List.of(new Prediction(1, 4, 0, 0)));
    assertThat(some.sameImages(other)).isFalse();
    assertThatThrownBy(() -> some.against(other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhichLineIsDamaged() throws IOException {
    assertRefused("id;label\n", "predictions.csv, line 1: found id;label, expected id,label,");
    assertRefused(
        "id,label,predicted,probability\n50000,3,5,0.5\n50001,8\n",
        "predictions.csv, line 3: found 50001,8, expected id,label,predicted,probability.");
    assertRefused(
        "id,label,predicted,probability\n50000,3,5,0.5\n50001,8,x,0.5\n",
        "predictions.csv, line 3: found 50001,8,x,0.5, expected");
    assertRefused(
        "id,label,predicted,probability\n50000,3,5,0.5,1\n",
        "predictions.csv, line 2: found 50000,3,5,0.5,1, expected");
    assertRefused("", "predictions.csv, line 1: found nothing, expected");
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

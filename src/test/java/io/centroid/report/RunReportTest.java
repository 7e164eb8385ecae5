package io.centroid.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import io.centroid.data.Thumbnail;
import io.centroid.evaluate.Gallery;
import io.centroid.evaluate.Gallery.CalibrationBin;
import io.centroid.evaluate.Gallery.Shown;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.Metrics.ClassMetrics;
import io.centroid.run.EpochRecord;
import io.centroid.run.Outcome;
import io.centroid.run.Provenance;
import io.centroid.run.RoundTiming;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RunReportTest {
  private static final String EVIL = "<script>alert('x')</script>";

  @Test
  void whateverItIsGivenStaysText() throws IOException {
    String page = report(EVIL, EVIL, EVIL).render();
    assertThat(page).doesNotContain(EVIL).contains("&lt;script&gt;alert(&#39;x&#39;)");
  }

  @Test
  void saysThatStandInDataIsNoCifar10() throws IOException {
    assertThat(report("stand-in data, not CIFAR-10", "cat", "shards").render())
        .contains("stand-in data, not CIFAR-10: the numbers below say nothing about real images.")
        .doesNotContain("published for one process");
    assertThat(report("CIFAR-10", "cat", "shards").render())
        .contains("published for one process: 48.64 %")
        .doesNotContain("say nothing about real images");
  }

  @Test
  void namesWhatFailsMostAndWhatDiffersFromTheDefaults() throws IOException {
    assertThat(report("CIFAR-10", "cat", "shards").render())
        .contains("Most often: dog taken for cat (7), cat taken for dog (3).")
        .contains("<pre>training.epochs = 77\n</pre>")
        .contains("<strong>50.00 %</strong> of 20 test images");
  }

  /** Nothing is fetched: neither by an attribute nor by the style sheet; and nothing may be. */
  @Test
  void needsNoOtherFile() throws IOException {
    String page = report("CIFAR-10", "cat", "shards").render();
    assertThat(page).contains("content=\"default-src 'none'; img-src data:;");
    String markup = page.replaceAll("(?s)<script>.*?</script>", "");
    assertThat(Pattern.compile("(src|href)=\"(?!data:)").matcher(markup).find()).isFalse();
    assertThat(markup).doesNotContain("url(", "@import");
    assertThat(page.length()).isLessThan(3_000_000);
  }

  private static RunReport report(String dataset, String firstClass, String shards) {
    Metrics metrics =
        new Metrics(
            dataset,
            "test",
            20,
            0.5,
            List.of(0.3, 0.7),
            1.4,
            0.8,
            0.5,
            0.5,
            List.of(
                new ClassMetrics(0, firstClass, 0.5, 0.7, 0.6, 10),
                new ClassMetrics(1, "dog", 0.5, 0.3, 0.4, 10)),
            List.of(List.of(7L, 3L), List.of(7L, 3L)),
            null,
            null);
    Outcome outcome =
        new Outcome("done", 0, "run", dataset, "00", 0.5, 1, 2.5, 100, 1, 1, 1, 50, 2);
    EpochRecord epoch =
        new EpochRecord(
            1,
            1.5,
            null,
            null,
            true,
            50,
            1,
            2.5,
            20,
            List.of(new RoundTiming(1, 50, 0.05, 0.05, 2, 0.1, 0.1, 0.1)));
    String png = Thumbnail.of(new byte[Cifar10.FEATURES], Cifar10.DATA_SET.shape()).png();
    Gallery gallery =
        new Gallery(
            List.of(new CalibrationBin(0.5, 0.6, 20, 0.55, 0.5)),
            0.05,
            List.of(new Shown(50_003, 1, 0, 0.59, png)),
            List.of(new Shown(50_004, 0, 0, 0.58, png)));
    Provenance provenance =
        new Provenance(
            "1",
            "abc",
            false,
            "dd",
            shards,
            "ff",
            "ee",
            dataset,
            "now",
            "later",
            "3.5",
            "local[2]",
            "app",
            "JVM",
            "Linux",
            "Haswell");
    String settings =
        String.join(
                "\n",
                Stream.concat(
                        Settings.defaults()
                            .render()
                            .lines()
                            .filter(line -> !line.startsWith("training.epochs")),
                        Stream.of("training.epochs = 77"))
                    .toList())
            + "\n";
    return new RunReport(
        outcome,
        metrics,
        List.of(epoch),
        new Pictures(gallery, List.of(png)),
        provenance,
        settings,
        "Model: \"model_1\"\n");
  }
}

package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLineRun;
import io.centroid.StandInRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a list and side by side, as a user asks for them; three runs on stand-in data. */
final class CompareIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVIL = "<script>alert('x')";

  @TempDir private static Path directory;
  private static Path good;
  private static Path worse;
  private static Path other;

  @BeforeAll
  static void train() throws IOException {
    Path runs = directory.resolve("runs");
    good = StandInRuns.ready().copyGood(runs);
    worse = StandInRuns.ready().copyWorse(runs);
    Path otherShards = directory.resolve("other-shards");
    StandInRuns.prepare(otherShards, "prepare.seed=2");
    other = StandInRuns.train(otherShards, runs, "training.epochs=2");
  }

  @Test
  void listsFinishedRunsNewestFirst() throws IOException {
    CommandLineRun listed = CommandLineRun.of("runs", directory.resolve("runs").toString());
    assertThat(listed.exitCode()).as(listed.toString()).isZero();
    List<String> lines = listed.out().lines().toList();
    assertThat(lines).hasSize(1 + 3 + 1).allMatch(line -> line.length() <= 80);
    assertThat(lines.get(0)).matches("run +when +data set +epoch +accuracy +images/s +status");
    assertThat(lines.get(1)).startsWith(other.getFileName() + "  20").endsWith("  finished");
    assertThat(lines.get(3))
        .matches(
            good.getFileName()
                + "  [0-9-]+T[0-9:]+Z  stand-in      4   [0-9. ]+ % +[0-9,]+  finished");
    assertThat(lines.get(4)).contains("accuracies say nothing of real images");

    JsonNode json =
        JSON.readTree(
            CommandLineRun.of("runs", directory.resolve("runs").toString(), "--format", "json")
                .out());
    assertThat(json).hasSize(3);
    assertThat(json.get(2).get("testAccuracy").asDouble()).isEqualTo(accuracy(good));
    assertThat(json.get(2).get("dataset").asText()).isEqualTo("stand-in data, not CIFAR-10");
    assertThat(json.get(2).get("directory").asText()).isEqualTo("file:" + good);
    List<String> csv =
        CommandLineRun.of("runs", directory.resolve("runs").toString(), "--format", "csv")
            .out()
            .lines()
            .toList();
    assertThat(csv).hasSize(1 + 3);
    assertThat(csv.get(3))
        .startsWith(good.getFileName() + ",finished,")
        .contains(",\"stand-in data, not CIFAR-10\",4," + accuracy(good) + ",");
  }

  @Test
  void listsADamagedRunAndStaysWhole() throws IOException {
    Path runs = directory.resolve("damaged");
    FileUtils.copyDirectoryToDirectory(good.toFile(), runs.toFile());
    FileUtils.copyDirectoryToDirectory(worse.toFile(), runs.toFile());
    Path outcome = runs.resolve(good.getFileName()).resolve("outcome.json");
    rewrite(outcome, Files.readString(outcome).substring(0, 40));
    CommandLineRun listed = CommandLineRun.of("runs", runs.toString());
    assertThat(listed.exitCode()).as(listed.toString()).isZero();
    assertThat(listed.out())
        .containsPattern(worse.getFileName() + " .* finished\n")
        .containsPattern(good.getFileName() + " .* damaged\n")
        .contains(good.getFileName() + ": found no whole outcome.json\n");

    CommandLineRun missing = CommandLineRun.of("runs", directory.resolve("nowhere").toString());
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err())
        .contains("found no such directory, expected a directory that train wrote runs to.")
        .hasLineCount(1);
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertThat(CommandLineRun.of("runs", empty.toString()).out())
        .isEqualTo("No runs in " + empty + "\n");
  }

  @Test
  void comparesInATableOfEightyColumns() throws IOException {
    CommandLineRun compared = compare("table.html", good, worse, other);
    assertThat(compared.exitCode()).as(compared.toString()).isZero();
    assertThat(compared.out().lines())
        .allMatch(line -> line.length() <= 80 || line.startsWith("The comparison is in "));
    assertThat(compared.out())
        .startsWith("A, B, C: stand-in data, not CIFAR-10. It says nothing of real images.\n")
        .containsPattern("\nA  " + good.getFileName() + " +[0-9.]+ %  [0-9.]+ % to [0-9.]+ % ")
        .containsPattern("\ntraining.epochs +A +4\n +B +1\n +C +2\n")
        .containsPattern("\ntraining.learning-rate +AC +0.001\n +B +1.0E-6\n")
        .containsPattern("\nshards +AB +[0-9a-f]+")
        .doesNotContain("training.workers", "\ncode ", "\nplatform ")
        .contains("\nC: not comparable: other test images\n")
        .containsPattern("\nairplane +[0-9.]+ +[+-][0-9.]+ +[+-][0-9.]+\n");

    List<String[]> first = predictions(good);
    List<String[]> second = predictions(worse);
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < first.size(); i++) {
      boolean firstIsRight = first.get(i)[1].equals(first.get(i)[2]);
      boolean secondIsRight = second.get(i)[1].equals(second.get(i)[2]);
      onlyFirst += firstIsRight && !secondIsRight ? 1 : 0;
      onlySecond += secondIsRight && !firstIsRight ? 1 : 0;
    }
    assertThat(onlyFirst).isGreaterThan(onlySecond);
    assertThat(compared.out())
        .containsPattern("\nB +-[0-9.]+ +%d +%d +[0-9.e-]+ ".formatted(onlyFirst, onlySecond));
  }

  @Test
  void thePageShowsTheSameAndNeedsNoOtherFile() throws IOException {
    assertThat(compare("page.html", good, worse, other).exitCode()).isZero();
    String page = Files.readString(directory.resolve("page.html"));
    assertThat(page)
        .contains(
            "A, B, C: stand-in data, not CIFAR-10. The numbers below say nothing about real images.")
        .contains("<th scope=\"row\">training.epochs</th><td>4</td><td>1</td><td>2</td>")
        .doesNotContain("<th scope=\"row\">training.workers</th>")
        .contains("<td colspan=\"5\">not comparable: other test images</td>")
        .contains("content=\"default-src 'none'; img-src data:;");
    String markup = page.replaceAll("(?s)<script>.*?</script>", "");
    assertThat(Pattern.compile("(src|href)=\"(?!data:)").matcher(markup).find()).isFalse();
    assertThat(markup).doesNotContain("url(", "@import");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().contains("unfinished"));
    }
  }

  @Test
  void whateverRunsAndClassesAreCalledStaysText() throws IOException {
    Path evil = directory.resolve(EVIL);
    FileUtils.copyDirectory(good.toFile(), evil.toFile());
    Path metrics = evil.resolve("metrics.json");
    rewrite(metrics, Files.readString(metrics).replace("airplane", EVIL));
    CommandLineRun compared = compare("evil.html", evil, good);
    assertThat(compared.exitCode()).as(compared.toString()).isZero();
    assertThat(compared.out()).contains("No setting differs.").contains("B       +0.00  ");
    assertThat(Files.readString(directory.resolve("evil.html")))
        .doesNotContain(EVIL)
        .contains("<th scope=\"row\">A &lt;script&gt;alert(&#39;x&#39;)</th>")
        .contains("<th scope=\"row\">&lt;script&gt;alert(&#39;x&#39;)</th>")
        .contains("<p>Nothing: settings, data, code and platform are the same.</p>");
  }

  @Test
  void saysInOneLineWhatCannotBeCompared() throws IOException {
    Path unfinished = Files.createDirectories(directory.resolve("unfinished"));
    Path damaged = directory.resolve("no-metrics");
    FileUtils.copyDirectory(good.toFile(), damaged.toFile());
    Files.delete(damaged.resolve("metrics.json"));
    assertRefused(3, "found nothing there, expected a run that train", directory.resolve("no"));
    assertRefused(3, "found no _SUCCESS in it, expected a run that train published.", unfinished);
    assertRefused(3, "found no whole metrics.json in it, expected a run that", damaged);
    assertRefused(2, "found it twice, expected different runs.", good);
    CommandLineRun alone = CommandLineRun.of("compare", good.toString());
    assertThat(alone.exitCode()).isEqualTo(2);
    CommandLineRun place = compare("", good, worse);
    assertThat(place.exitCode()).isEqualTo(2);
    assertThat(place.err())
        .contains("found a directory, expected no file, or one with a comparison to replace.")
        .hasLineCount(1);
  }

  private static void assertRefused(int exitCode, String message, Path run) {
    CommandLineRun refused = compare("refused.html", good, run);
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(exitCode);
    assertThat(refused.err())
        .startsWith("centroid: Cannot compare file:" + run)
        .contains(message)
        .hasLineCount(1);
    assertThat(directory.resolve("refused.html")).doesNotExist();
  }

  private static CommandLineRun compare(String output, Path... runs) {
    List<String> arguments = new ArrayList<>(List.of("compare"));
    for (Path run : runs) {
      arguments.add(run.toString());
    }
    arguments.addAll(List.of("--output", directory.resolve(output).toString()));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  private static List<String[]> predictions(Path run) throws IOException {
    return Files.readAllLines(run.resolve("predictions.csv")).stream()
        .skip(1)
        .map(line -> line.split(","))
        .toList();
  }

  private static double accuracy(Path run) throws IOException {
    return JSON.readTree(run.resolve("metrics.json").toFile()).get("accuracy").asDouble();
  }

  /** As somebody without Hadoop would: it has no checksum then. */
  private static void rewrite(Path file, String text) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.writeString(file, text);
  }
}

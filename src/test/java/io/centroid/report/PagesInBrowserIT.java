package io.centroid.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLine;
import io.centroid.StandInShards;
import io.centroid.job.Phases;
import io.centroid.run.EpochRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of a real training in a real browser; not run where there is none. */
final class PagesInBrowserIT {
  private static final String IN_PROGRESS = "in-progress.html";

  @TempDir private static Path directory;
  private static Browser browser;
  private static Path run;

  @BeforeAll
  static void trainTwice() throws Exception {
    Optional<Browser> found = Browser.open();
    if (found.isEmpty()) {
      String notRun =
          "PAGES NOT TESTED: found no chromium and chromedriver on the PATH. On Debian: apt-get install chromium-driver";
      System.out.println(notRun);
      abort(notRun);
    }
    browser = found.get();
    String shards = StandInShards.ready().toString();
    run = train(shards, 1);
    Path other = train(shards, 2);
    CommandLine.of("compare", run, other, "--output", directory.resolve("compare.html")).done();
    new ProgressPage(
            new org.apache.hadoop.fs.Path(directory.resolve(IN_PROGRESS).toUri()),
            new Configuration(false),
            new ProgressPage.Subject(
                "0f3a9c41d2e7",
                "stand-in data, not CIFAR-10",
                shards,
                5,
                Files.readString(run.resolve("settings.conf")),
                Files.readString(run.resolve("summary.txt"))),
            new TimeLeft(5, 1800),
            new Phases(new PrintStream(System.out, true, StandardCharsets.UTF_8)))
        .epochDone(
            List.of(
                new ObjectMapper()
                    .readValue(run.resolve("history.json").toFile(), EpochRecord[].class)));
    System.out.println("pages of " + run);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest(name = "{0}, {1} pixels, {2}")
  @CsvSource({
    "report.html, 390, light",
    "report.html, 390, dark",
    "report.html, 1024, light",
    "report.html, 1024, dark",
    "report.html, 1600, light",
    "report.html, 1600, dark",
    "compare.html, 390, light",
    "compare.html, 390, dark",
    "compare.html, 1024, light",
    "compare.html, 1600, dark",
    "in-progress.html, 390, dark",
    "in-progress.html, 1024, light",
  })
  void showsEverything(String name, int width, String colourScheme) throws IOException {
    Path page = page(name);
    browser.show(page, width, colourScheme);
    browser.screenshot(
        Files.createDirectories(Path.of("target", "screenshots"))
            .resolve(name + "-" + width + "-" + colourScheme + ".png"));

    assertThat(browser.console()).isEmpty();
    assertThat(browser.requests())
        .contains(page.toUri().toString())
        .allMatch(url -> url.equals(page.toUri().toString()) || url.startsWith("data:"));
    assertThat(browser.run("return document.documentElement.scrollWidth"))
        .as("width of what must not scroll sideways")
        .isEqualTo((long) width);
    assertThat(
            strings(
                "return [...document.querySelectorAll('section')].filter(s => s.children.length < 2 || s.innerText.length < 40).map(s => s.innerText)"))
        .as("sections without content")
        .isEmpty();
    assertThat(
            strings(
                "return [...document.querySelectorAll('canvas')].filter(c => { const b = document.createElement('canvas'); b.width = c.width; b.height = c.height; return c.width === 0 || c.toDataURL() === b.toDataURL() || !Chart.getChart(c).data.datasets.some(d => d.data.length); }).map(c => c.id)"))
        .as("charts with nothing in them")
        .isEmpty();
    assertThat((Long) browser.run("return document.querySelectorAll('canvas').length"))
        .isPositive();
    assertThat(
            strings(
                "return [...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.alt)"))
        .as("images that cannot be shown")
        .isEmpty();
    assertThat((String) browser.run("return document.querySelector('.standin').innerText"))
        .contains("stand-in data, not CIFAR-10");
    assertThat(browser.accessibilityProblems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"report.html", "compare.html"})
  void canBePrinted(String name) {
    browser.show(page(name), 1024, "light");
    byte[] pdf = browser.print();
    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
    assertThat(pdf.length).isGreaterThan(50_000);
  }

  @ParameterizedTest
  @CsvSource({"report.html", "compare.html", "in-progress.html"})
  void canBeUsedByKeyboard(String name) {
    browser.show(page(name), 1024, "light");
    assertThat(
            strings(
                "return [...document.querySelectorAll('details > summary')].filter(s => { s.focus(); if (document.activeElement !== s) return true; s.click(); return !s.parentElement.open; }).map(s => s.innerText)"))
        .as("what cannot be unfolded")
        .isEmpty();
  }

  private static Path page(String name) {
    return name.equals("report.html") ? run.resolve(name) : directory.resolve(name);
  }

  private static List<String> strings(String script) {
    return ((List<?>) browser.run(script)).stream().map(String::valueOf).toList();
  }

  private static Path train(String shards, int seed) throws IOException {
    Path runs = directory.resolve("runs-" + seed);
    CommandLine.of("train", "--shards", shards, "--runs", runs)
        .set("training.epochs=3", "training.seed=" + seed)
        .done();
    try (Stream<Path> entries = Files.list(runs)) {
      return entries.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }
}

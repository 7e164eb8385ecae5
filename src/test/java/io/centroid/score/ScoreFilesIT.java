package io.centroid.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.OwnJvm;
import io.centroid.StandInRuns;
import io.centroid.cifar.Cifar10;
import io.centroid.cli.Centroid;
import io.centroid.picture.ImageSamples;
import io.centroid.picture.RemoteImagesTest;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as people have them, scored; and the table as other programs read it. */
final class ScoreFilesIT {
  private static final Path R = Path.of("/usr/bin/Rscript");

  private static final List<String> NAMES =
      List.of(
          "plain.png",
          "a:b.png",
          "a,b.png",
          "a;b.png",
          "a\tb.png",
          "\"quoted\".png",
          "\"",
          "\"\"",
          "in \"the\" middle",
          "back\\slash",
          "back\\\"slash",
          "two\nlines.png",
          "two\rlines.png",
          "two\r\nlines.png",
          "\nleading line",
          "trailing line\n",
          " leading.png",
          "trailing ",
          "\tleading tab",
          "#comment",
          "=1+1",
          "-1",
          "+1",
          "@SUM(A1)",
          "007",
          "1e5",
          "NA",
          "null",
          "'",
          "100%.png",
          "%41",
          "Größe é 猫 😀.png",
          "e\u0301",
          "\u00a0",
          "\u2028",
          "\u0001",
          "\u007f");

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path directory;
  private Path photos;

  @BeforeAll
  static void takeAModel() throws IOException {
    model = StandInRuns.ready().copyGood(shared.resolve("runs"));
  }

  @BeforeEach
  void makePlaceForPhotos() throws IOException {
    photos = Files.createDirectory(directory.resolve("photos"));
  }

  @Test
  void oneFileIsScoredAlone() throws IOException {
    photo("one.png", 1);
    photo("other.png", 2);
    Map<String, Map<String, String>> all = score(photos, "all");
    Map<String, Map<String, String>> one = score(photos.resolve("one.png"), "one");
    assertThat(one).containsExactly(Map.entry("one.png", all.get("one.png")));
    assertThat(score(Path.of(photos + "/./one.png"), "dotted")).isEqualTo(one);
  }

  /** As a shell makes them of {@code photos/*}: called as they were given. */
  @Test
  void severalPlacesAreScoredTogether() throws IOException {
    Files.createDirectories(photos.resolve("deep/er"));
    photo("one.png", 1);
    photo("deep/one.png", 2);
    photo("deep/er/two.png", 3);
    Map<String, Map<String, String>> all = score(photos, "all");
    Path output = directory.resolve("several");
    CommandLine.of("score", "--model", model, "--images")
        .with(photos.resolve("one.png"), photos.resolve("deep"))
        .with("--output", output, "--format", "csv")
        .done();
    Map<String, Map<String, String>> several = rows(output);
    assertThat(several.keySet())
        .containsExactlyInAnyOrder(
            photos + "/one.png", photos + "/deep/one.png", photos + "/deep/er/two.png");
    all.forEach(
        (id, row) -> {
          Map<String, String> same = new HashMap<>(several.get(photos + "/" + id));
          same.put("id", id);
          assertThat(same).isEqualTo(row);
        });
    CommandLineRun twice =
        CommandLineRun.of(
            CommandLine.of("score", "--model", model, "--output", directory.resolve("twice"))
                .with("--images", photos, photos)
                .toArray());
    assertThat(twice.exitCode()).isEqualTo(3);
    assertThat(twice.err()).contains("found two that are called " + photos + "/deep/er/two.png");
  }

  /** Names that look like URIs to whoever takes them for one. */
  @Test
  void aNameWithAColonNeedsNoScheme() throws Exception {
    photo("a:b.png", 1);
    photo("12:30.png", 2);
    for (String name : List.of("a:b.png", "12:30.png")) {
      Path output = directory.resolve("of " + name.charAt(0));
      Process process =
          centroid(
              "C.UTF-8",
              "score",
              "--model",
              model,
              "--images",
              name,
              "--format",
              "csv",
              "--output",
              output);
      assertThat(process.waitFor()).as(Files.readString(said())).isZero();
      assertThat(rows(output)).containsOnlyKeys(name);
    }
  }

  @Test
  void everyNameIsReadBackFromCsv() throws IOException {
    for (String name : NAMES) {
      photo(name, name.hashCode());
    }
    Path output = directory.resolve("scores");
    scored(photos, output);
    Map<String, Map<String, String>> rows = rows(output);
    assertThat(rows).containsOnlyKeys(NAMES);
    assertThat(rows.values()).allMatch(row -> row.get("problem").isEmpty());
    for (Map<String, String> row : rows.values()) {
      double sum = 0;
      for (String name : Cifar10.CLASS_NAMES) {
        sum += Double.parseDouble(row.get("p_" + name));
      }
      assertThat(sum).isBetween(0.99999, 1.00001);
      assertThat(Cifar10.CLASS_NAMES)
          .contains(row.get("class"), Cifar10.CLASS_NAMES.get(Integer.parseInt(row.get("label"))));
    }
  }

  /** Python's own reader of CSV, which knows nothing of Java. */
  @Test
  void pythonReadsTheSame() throws Exception {
    assumeTrue(isThere("python3"), "needs python3 on the PATH");
    for (String name : NAMES) {
      photo(name, name.hashCode());
    }
    Path output = directory.resolve("scores");
    scored(photos, output);
    String script =
        """
        import csv, glob, json, sys
        rows = []
        for name in sorted(glob.glob(glob.escape(sys.argv[1]) + '/part-*.csv')):
            with open(name, encoding='utf-8', newline='') as file:
                rows += csv.DictReader(file, strict=True)
        json.dump(rows, sys.stdout)
        """;
    assertThat(python("python3", script, output))
        .containsExactlyInAnyOrderElementsOf(rows(output).values());
  }

  /** As docs/using-a-model.md says, by the Python that {@code PANDAS_PYTHON} names. */
  @Test
  void pandasReadsTheSame() throws Exception {
    String pandas = System.getenv("PANDAS_PYTHON");
    assumeTrue(pandas != null, "PANDAS_PYTHON names a Python that has pandas");
    Path output = scoresOfAllNames();
    String script =
        """
        import glob, json, pandas, sys
        rows = []
        for name in sorted(glob.glob(glob.escape(sys.argv[1]) + '/part-*.csv')):
            frame = pandas.read_csv(name, dtype={"id": str}, keep_default_na=False, na_values=[""])
            frame = frame[["id", "class", "problem"]].astype(object)
            rows += frame.where(frame.notnull(), "").to_dict("records")
        json.dump(rows, sys.stdout)
        """;
    assertThat(python(pandas, script, output))
        .containsExactlyInAnyOrderElementsOf(texts(rows(output)));
  }

  /** As docs/using-a-model.md says, but for a carriage return, by the R that is installed. */
  @Test
  void rReadsTheSame() throws Exception {
    assumeTrue(Files.isExecutable(R), "r-base-core is installed");
    Path output = scoresOfAllNames();
    String script =
        """
        for (file in list.files(commandArgs(TRUE)[1], "^part-.*csv$", full.names = TRUE)) {
          rows <- read.csv(file, colClasses = c(id = "character"), na.strings = "", encoding = "UTF-8")
          for (row in seq_len(nrow(rows))) {
            for (column in c("id", "class", "problem")) {
              text <- rows[row, column]
              cat(column, if (is.na(text)) "" else as.character(charToRaw(text)), "\n")
            }
          }
        }
        """;
    Path file = Files.writeString(directory.resolve("read.R"), script);
    Process process =
        new ProcessBuilder(R.toString(), file.toString(), output.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Map<String, String>> read = new ArrayList<>();
    for (String line : process.inputReader(UTF_8).lines().toList()) {
      String[] words = line.split(" ", 2);
      if (words[0].equals("id")) {
        read.add(new HashMap<>());
      }
      byte[] text = HexFormat.of().parseHex(words[1].replace(" ", ""));
      read.get(read.size() - 1).put(words[0], new String(text, UTF_8));
    }
    assertThat(process.waitFor()).isZero();
    List<Map<String, String>> expected = texts(rows(output));
    expected.forEach(
        row -> row.computeIfPresent("id", (column, id) -> id.replaceAll("\r\n?", "\n")));
    assertThat(read).containsExactlyInAnyOrderElementsOf(expected);
  }

  private Path scoresOfAllNames() throws IOException {
    for (String name : NAMES) {
      photo(name, name.hashCode());
    }
    for (String name : List.of("NA", "007", "1e5", "null")) {
      Files.writeString(photos.resolve(name), "no image");
    }
    Path output = directory.resolve("scores");
    scored(photos, output);
    return output;
  }

  private static List<Map<String, String>> texts(Map<String, Map<String, String>> rows) {
    List<Map<String, String>> texts = new ArrayList<>();
    for (Map<String, String> row : rows.values()) {
      Map<String, String> kept = new HashMap<>(row);
      kept.keySet().retainAll(List.of("id", "class", "problem"));
      texts.add(kept);
    }
    return texts;
  }

  private static List<Map<String, String>> python(String python, String script, Path output)
      throws Exception {
    Process process =
        new ProcessBuilder(python, "-c", script, output.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Map<String, String>> rows =
        new ObjectMapper().readValue(process.getInputStream(), new TypeReference<>() {});
    assertThat(process.waitFor()).isZero();
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a]", "{a,b}*?c[!]-{", "[a]:*b:c", " 100% #&= ", "back\\slash Größe"})
  void anOutputMayBeCalledSo(String name) throws IOException {
    photo("a.png", 1);
    Files.writeString(photos.resolve("b.txt"), "no image");
    Path output = Files.createDirectories(directory.resolve("in " + name)).resolve(name);
    for (int time = 1; time <= 2; time++) {
      String said = scored(photos, output, "--overwrite");
      assertThat(said).contains("1 images scored\n1 not scored:\n  b.txt: found another format");
      assertThat(rows(output)).containsOnlyKeys("a.png", "b.txt");
      assertThat(output.resolve("_SUCCESS")).exists();
    }
    try (Stream<Path> beside = Files.list(output.getParent())) {
      assertThat(beside).containsExactly(output);
    }
  }

  /** The lock and what is not finished yet are among the images, but none of them. */
  @Test
  void anOutputMayBeAmongTheImages() throws IOException {
    photo("a.png", 1);
    assertThat(score(photos, "photos/scores")).containsOnlyKeys("a.png");
  }

  @Test
  void whatIsNoFileOrIsThereTwiceHasItsReasonInTheTable() throws Exception {
    photo("a.png", 1);
    photo(".hidden.png", 2);
    Files.createSymbolicLink(photos.resolve("link.png"), Path.of("a.png"));
    Files.createSymbolicLink(photos.resolve("loop"), Path.of("."));
    Files.createSymbolicLink(photos.resolve("broken\u001b[31m.png"), Path.of("nowhere"));
    Files.createDirectory(photos.resolve("empty"));
    Files.write(photos.resolve("empty.png"), new byte[0]);
    assertThat(new ProcessBuilder("mkfifo", photos + "/pipe.png").start().waitFor()).isZero();
    Path output = directory.resolve("scores");
    String said = scored(photos, output);
    assertThat(said).contains("1 images scored\n6 not scored:\n").doesNotContain("\u001b");
    Map<String, Map<String, String>> rows = rows(output);
    assertThat(rows)
        .containsOnlyKeys(
            "a.png",
            ".hidden.png",
            "link.png",
            "loop",
            "broken\u001b[31m.png",
            "empty.png",
            "pipe.png");
    rows.forEach(
        (id, row) -> {
          assertThat(row.get("problem").isEmpty()).isEqualTo(id.equals("a.png"));
          assertThat(row.get("problem")).doesNotContain("null");
        });
  }

  @Test
  void aTableMayHaveReasonsAlone() throws Exception {
    Path pipe = photos.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path images : List.of(photos, pipe)) {
      Map<String, Map<String, String>> rows = score(images, images.getFileName().toString() + "s");
      assertThat(rows).containsOnlyKeys("pipe");
      assertThat(rows.get("pipe"))
          .containsEntry("problem", "found a pipe, socket or device, expected a file");
    }
  }

  /** Neither listed nor read as the operating system's files are. */
  @ParameterizedTest
  @ValueSource(strings = {"remote", "s3a"})
  void whateverHadoopReadsGivesTheSameScores(String scheme) throws IOException {
    photo("a.png", 1);
    photo("b:c 100%.png", 2);
    Files.writeString(photos.resolve("notes.txt"), "no image");
    Map<String, Map<String, String>> expected = score(photos, "local");
    assertThat(expected).hasSize(3);
    String implementation = "spark.hadoop.fs." + scheme + ".impl";
    System.setProperty(implementation, RemoteImagesTest.Remote.class.getName());
    try {
      String place = scheme + "://host" + photos;
      assertThat(score(place, "of a directory")).isEqualTo(expected);
      assertThat(score(place + "/b:c 100%.png", "of a file"))
          .containsExactly(Map.entry("b:c 100%.png", expected.get("b:c 100%.png")));
    } finally {
      System.clearProperty(implementation);
    }
  }

  /** In the POSIX locale Java cannot tell these names as text. */
  @Test
  void namesAreTheSameInEveryLocale() throws Exception {
    List<String> names = List.of("Größe.png", "猫/😀.png", "a.png");
    Files.createDirectory(photos.resolve("猫"));
    for (String name : names) {
      photo(name, name.hashCode());
    }
    Path output = directory.resolve("scores");
    Process process =
        centroid(
            "C",
            "score",
            "--model",
            model,
            "--images",
            photos,
            "--format",
            "csv",
            "--output",
            output);
    assertThat(process.waitFor()).as(Files.readString(said())).isZero();
    assertThat(rows(output)).isEqualTo(score(photos, "in UTF-8"));
    Process misread =
        centroid(
            "C",
            "score",
            "--model",
            model,
            "--images",
            photos.resolve("猫"),
            "--output",
            directory.resolve("other"));
    assertThat(misread.waitFor()).isEqualTo(2);
    assertThat(Files.readString(said()))
        .contains(
            "'--images' at index 0 (PATH): found letters that ANSI_X3.4-1968 does not have, expected a locale in UTF-8. Set LC_ALL=C.UTF-8.");
  }

  private void photo(String name, int seed) throws IOException {
    BufferedImage image = ImageSamples.noise(32, 32, BufferedImage.TYPE_INT_RGB);
    image.setRGB(seed & 31, seed >> 5 & 31, seed);
    Files.write(photos.resolve(name), ImageSamples.encoded(image, "png"));
  }

  private Map<String, Map<String, String>> score(Object images, String name) throws IOException {
    scored(images, directory.resolve(name));
    return rows(directory.resolve(name));
  }

  private static String scored(Object images, Path output, String... more) {
    CommandLineRun run = run(images, output, more);
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run.out();
  }

  private static CommandLineRun run(Object images, Path output, String... more) {
    return CommandLineRun.of(
        CommandLine.of("score", "--model", model, "--images", images, "--format", "csv")
            .with("--output", output)
            .with(more)
            .toArray());
  }

  private Path said() {
    return directory.resolve("said");
  }

  /** Starts the program as spark-submit would, in the directory of the photos. */
  private Process centroid(String locale, Object... arguments) throws IOException {
    ProcessBuilder builder =
        OwnJvm.of(Centroid.class, CommandLineRun.SPARK, CommandLine.of(arguments).list());
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("CENTROID_LOG", said() + ".log");
    return builder
        .directory(photos.toFile())
        .redirectErrorStream(true)
        .redirectOutput(said().toFile())
        .start();
  }

  /** All rows of a table, by their ids, as RFC 4180 and UTF-8 have them. */
  private static Map<String, Map<String, String>> rows(Path table) throws IOException {
    CsvMapper mapper =
        CsvMapper.csvBuilder().enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS).build();
    Map<String, Map<String, String>> rows = new TreeMap<>();
    for (Path part : parts(table)) {
      try (MappingIterator<Map<String, String>> read =
          mapper
              .readerForMapOf(String.class)
              .with(mapper.schemaWithHeader())
              .readValues(decoded(part))) {
        while (read.hasNext()) {
          Map<String, String> row = read.next();
          assertThat(rows.put(row.get("id"), row)).isNull();
        }
      }
    }
    return rows;
  }

  private static String decoded(Path file) throws CharacterCodingException, IOException {
    return UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(Files.readAllBytes(file))).toString();
  }

  private static List<Path> parts(Path table) throws IOException {
    List<Path> parts = new ArrayList<>();
    try (Stream<Path> files = Files.list(table)) {
      files.filter(file -> file.getFileName().toString().endsWith(".csv")).forEach(parts::add);
    }
    return parts;
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}

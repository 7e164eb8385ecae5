package io.centroid.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.OwnJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From the images to the report in a JVM of each language: a Turkish i, Arabic and Thai digits,
 * German and Persian decimals, other calendars and time zones, and a system that knows ASCII alone.
 */
@Tag("fault")
final class LanguagesIT {
  /** What has times in it, or hashes of that. */
  private static final Set<String> TIMED =
      Set.of(
          "outcome.json",
          "provenance.json",
          "report.html",
          "history.json",
          "history.csv",
          "rounds.csv",
          "_inventory.json");

  /** A digit of another script, or a comma between a number and its decimals. */
  private static final Pattern FOREIGN =
      Pattern.compile("[\\p{Nd}&&[^0-9]]|\\d[,\u066b]\\d(?!\\d\\d)");

  @TempDir private static Path directory;
  private static Map<String, String> expected;
  private static String refused;

  @BeforeAll
  static void inNoLanguage() throws Exception {
    expected = files(all("en", Map.of()));
    assertThat(expected).containsKeys("shards/manifest.json", "run/model.zip", "run/metrics.json");
    refused = refused("refused-en", Map.of());
    assertThat(refused).startsWith("centroid: Cannot ").contains("1,5");
  }

  @Test
  void isTheSameInTurkish() throws Exception {
    isTheSame("tr-TR Asia/Kolkata");
  }

  @ParameterizedTest
  @Tag("endurance") // for the time that it takes
  @ValueSource(strings = {"ar-EG-u-nu-arab Africa/Cairo", "th-TH-u-ca-buddhist-nu-thai Etc/UTC"})
  void isTheSame(String languageAndZone) throws Exception {
    String[] words = languageAndZone.split(" ");
    String[] tag = words[0].split("-", 3);
    Map<String, String> properties = new TreeMap<>();
    properties.put("user.language", tag[0]);
    properties.put("user.country", tag[1]);
    if (tag.length > 2) {
      properties.put("user.extensions", tag[2]);
    }
    properties.put("user.timezone", words[1]);
    assertThat(files(all(tag[0], properties))).isEqualTo(expected);
    assertThat(refused("refused-" + tag[0], properties)).isEqualTo(refused);
  }

  @Test
  @Tag("endurance")
  void aMessageIsTheSameInLanguagesWithADecimalComma() throws Exception {
    for (String language : List.of("de", "fa", "fr", "hi")) {
      assertThat(refused("refused-" + language, Map.of("user.language", language)))
          .isEqualTo(refused);
    }
  }

  private static Path all(String name, Map<String, String> properties) throws Exception {
    Path place = Files.createDirectories(directory.resolve(name));
    Path runs = place.resolve("runs");
    Path trained = place.resolve("trained.json");
    CommandLine commands =
        CommandLine.of("prepare", "--stand-in", "--shards", place.resolve("shards"))
            .set(
                "prepare.stand-in.training-images=1000",
                "prepare.stand-in.test-images=300",
                "prepare.shards=2")
            .with("--and", "train", "--shards", place.resolve("shards"), "--runs", runs)
            .with("--outcome", trained)
            .set("training.epochs=2", "network.hidden-widths=[20]", "checkpoint.every-rounds=1")
            .with("--and", "score", "--model", place.resolve("run"), "--format", "csv")
            .with("--shards", place.resolve("shards"), "--output", place.resolve("scores"))
            .with("--and", "report", place.resolve("run"))
            .with("--and", "runs", runs);
    String said = said(place.resolve("out"), properties, withRun(commands, place, properties));
    assertThat(FOREIGN.matcher(said).results().map(found -> context(said, found.start())))
        .isEmpty();
    return place;
  }

  /** Prepares and trains, and returns what is left to do with the run. */
  private static List<String> withRun(
      CommandLine commands, Path place, Map<String, String> properties) throws Exception {
    List<String> words = commands.list();
    int score = words.indexOf("score");
    String said = said(place.resolve("trained"), properties, words.subList(0, score - 1));
    assertThat(FOREIGN.matcher(said).results().map(found -> context(said, found.start())))
        .isEmpty();
    try (Stream<Path> runs = Files.list(place.resolve("runs"))) {
      Path run = runs.filter(Files::isDirectory).findFirst().orElseThrow();
      Files.createSymbolicLink(place.resolve("run"), run);
    }
    return words.subList(score, words.size());
  }

  private static String context(String text, int at) {
    return text.substring(Math.max(0, at - 30), Math.min(text.length(), at + 10));
  }

  private static String refused(String name, Map<String, String> properties) throws Exception {
    Path output = directory.resolve(name);
    Process process =
        start(
            output,
            properties,
            CommandLine.of("train", "--shards", "shards", "--runs", "r")
                .set("training.epochs=1000001", "training.learning-rate=\"1,5\"")
                .list());
    assertThat(process.waitFor()).isEqualTo(2);
    return Files.readString(output);
  }

  private static String said(Path output, Map<String, String> properties, List<String> commands)
      throws Exception {
    Process process = start(output, properties, commands);
    int exitCode = process.waitFor();
    String said = Files.readString(output);
    assertThat(exitCode).as(said).isZero();
    return said;
  }

  private static Process start(Path output, Map<String, String> properties, List<String> commands)
      throws IOException {
    Map<String, String> all = new TreeMap<>(CommandLineRun.SPARK);
    all.putAll(properties);
    ProcessBuilder builder =
        OwnJvm.of(Centroid.class, all, commands)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().put("SPARK_LOCAL_DIRS", directory.resolve("spark").toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("LC_ALL", properties.isEmpty() ? "C.UTF-8" : "POSIX");
    return builder.start();
  }

  /** Names and hashes of what prepare, train and score left, but for what has times in it. */
  private static Map<String, String> files(Path place) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (String part : List.of("shards", "run", "scores")) {
      Path root = place.resolve(part).toRealPath();
      try (Stream<Path> files = Files.walk(root)) {
        hashes.putAll(
            files
                .filter(Files::isRegularFile)
                .filter(file -> !file.toString().endsWith(".crc"))
                .collect(
                    toMap(file -> part + "/" + name(root, file), file -> content(place, file))));
      }
    }
    return hashes;
  }

  /** Spark's names have a random part. */
  private static String name(Path root, Path file) {
    return root.relativize(file).toString().replaceAll("-[0-9a-f-]{36}-c000", "");
  }

  private static String content(Path place, Path file) {
    try {
      String name = file.getFileName().toString();
      byte[] bytes = Files.readAllBytes(file);
      if (name.endsWith(".csv")) {
        bytes =
            new String(bytes, StandardCharsets.UTF_8)
                .replace(place.toString(), "")
                .getBytes(StandardCharsets.UTF_8);
      } else if (name.equals("report.html")) {
        assertThat(new String(bytes, StandardCharsets.UTF_8).replaceAll("(?s)<script>.*", ""))
            .doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
      }
      if (name.endsWith(".parquet")) {
        // Parquet writes a set of encodings in the order of a hash map; the manifest has the
        // content's hash.
        return bytes.length + " bytes";
      }
      return TIMED.contains(name)
          ? "with times"
          : HexFormat.of().formatHex(DigestUtils.sha256(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }
}

package io.centroid.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.CommandLineRun;
import io.centroid.LocalSpark;
import io.centroid.cifar.Cifar10;
import io.centroid.cifar.CifarFiles;
import io.centroid.cifar.StandInImages;
import io.centroid.cifar.SyntheticImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same images as shards, as PNG files, and as CIFAR-10's own files, scored by one model. */
final class ScoreIT {
  private static final int TRAINING_IMAGES = 400;
  private static final int TEST_IMAGES = 300;
  private static final StandInImages IMAGES = new StandInImages(1, TRAINING_IMAGES, TEST_IMAGES);

  @TempDir private static Path directory;
  private static Path shards;
  private static Path model;
  private static Map<String, Row> expected;

  @BeforeAll
  static void trainAndScoreShards() throws IOException {
    shards = prepare("standardize");
    run(
        "train",
        "--shards",
        shards,
        "--runs",
        directory.resolve("runs"),
        "--set",
        "training.epochs=2",
        "--set",
        "network.hidden-widths=[16]");
    try (Stream<Path> published = Files.list(directory.resolve("runs"))) {
      model =
          published.filter(run -> !run.getFileName().toString().startsWith(".")).findAny().get();
    }
    expected = score("of-shards", "--shards", shards, "--split", "test");
    assertThat(expected).hasSize(TEST_IMAGES);
  }

  @Test
  void everyRowHasTheMostProbableClassAndProbabilitiesThatAddUp() throws Exception {
    for (Row row : expected.values()) {
      double sum = 0;
      float largest = 0;
      for (String name : Cifar10.CLASS_NAMES) {
        float probability = row.getAs("p_" + name);
        sum += probability;
        largest = Math.max(largest, probability);
      }
      assertThat(sum).isBetween(0.99999, 1.00001);
      String best = row.getAs("class");
      assertThat((float) row.getAs("p_" + best)).isEqualTo(largest);
      assertThat(Cifar10.CLASS_NAMES.indexOf(best)).isEqualTo((int) row.getAs("label"));
      assertThat(row.<Object>getAs("problem")).isNull();
    }
  }

  /** The accuracy that evaluate finds is that of the scores. */
  @Test
  void scoresAgreeWithEvaluate() throws IOException {
    Map<Integer, Integer> truth = new TreeMap<>();
    IMAGES.read(image -> truth.put(image.id(), image.label()));
    long correct =
        expected.entrySet().stream()
            .filter(e -> truth.get(Integer.valueOf(e.getKey())).equals(e.getValue().getAs("label")))
            .count();
    String found = run("evaluate", "--model", model, "--shards", shards);
    assertThat(found).contains("accuracy %.2f %%".formatted(100.0 * correct / TEST_IMAGES));
  }

  /** The model's own normalization is applied, whatever the shards were made with. */
  @Test
  void shardsOfAnotherNormalizationGiveTheSameScores() throws IOException {
    Path unit = prepare("unit");
    assertThat(score("of-unit", "--shards", unit, "--split", "test")).isEqualTo(expected);
    assertThat(score("of-all", "--shards", unit))
        .hasSize(TRAINING_IMAGES + TEST_IMAGES)
        .containsAllEntriesOf(expected);
  }

  @Test
  void pngFilesGiveTheSameScoresAndWhatIsNoImageIsListed() throws IOException {
    Path images = Files.createDirectories(directory.resolve("images/below it"));
    Map<String, Row> byPath = new TreeMap<>();
    IMAGES.read(
        image -> {
          Row row = expected.get(Integer.toString(image.id()));
          if (row != null) {
            Path file = images.resolve("no %d#.png".formatted(image.id()));
            ImageIO.write(picture(image.pixels()), "png", file.toFile());
            byPath.put(images.getParent().relativize(file).toString(), row);
          }
        });
    Files.writeString(images.resolveSibling("notes.txt"), "no image");
    Files.write(images.resolveSibling("empty.jpg"), new byte[0]);
    Files.writeString(images.resolveSibling("_SUCCESS"), "");
    Path output = directory.resolve("of-files");
    String out = run("score", "--model", model, "--images", images.getParent(), "--output", output);
    assertThat(out)
        .contains("300 images scored\n3 not scored:\n")
        .contains("  _SUCCESS: found an empty file, expected a PNG, JPEG, GIF or BMP image\n")
        .contains("  empty.jpg: found an empty file, expected a PNG, JPEG, GIF or BMP image\n")
        .contains("  notes.txt: found another format, expected a PNG, JPEG, GIF or BMP image\n");
    Map<String, Row> scored = read(output, "parquet");
    assertThat(scored).hasSize(303);
    assertThat((String) scored.get("notes.txt").getAs("problem")).contains("another format");
    assertThat(scored.get("notes.txt").<Object>getAs("label")).isNull();
    byPath.forEach((path, row) -> assertSameScores(scored.get(path), row));
  }

  @Test
  void cifar10FilesAreScoredToo() throws IOException {
    Path archive = CifarFiles.writeBinaryArchive(new SyntheticImages(), directory);
    Map<String, Row> scored = score("of-archive", "--data", archive, "--split", "test");
    assertThat(scored).hasSize(10_000).containsKeys("50000", "59999");
  }

  @Test
  void csvHoldsTheSame() throws IOException {
    run(
        "score",
        "--model",
        model.resolve("model.zip"),
        "--shards",
        shards,
        "--split",
        "test",
        "--format",
        "csv",
        "--output",
        directory.resolve("csv"));
    assertThat(read(directory.resolve("csv"), "csv")).isEqualTo(expected);
  }

  @Test
  void whatStandsAtTheOutputIsKeptUntilItIsToBeReplaced() throws IOException {
    Path output = Files.createDirectories(directory.resolve("kept"));
    Files.writeString(output.resolve("precious.txt"), "precious");
    Object[] arguments = {
      "score", "--model", model, "--shards", shards, "--split", "test", "--output", output
    };
    assertThat(result(arguments).exitCode()).isEqualTo(2);
    assertThat(result(arguments).err()).contains("Use another --output, or --overwrite.");
    assertThat(output.resolve("precious.txt")).hasContent("precious");

    List<Object> overwriting = new ArrayList<>(List.of(arguments));
    overwriting.add("--overwrite");
    CommandLineRun refused = result(overwriting.toArray());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("found files that score did not write, expected scores");
    assertThat(output.resolve("precious.txt")).hasContent("precious");

    Files.delete(output.resolve("precious.txt"));
    run(overwriting.toArray());
    List<Object> failing = new ArrayList<>(overwriting);
    failing.set(4, directory.resolve("no-such-shards"));
    assertThat(result(failing.toArray()).exitCode()).isEqualTo(3);
    assertThat(read(output, "parquet")).isEqualTo(expected);
    run(overwriting.toArray());
    assertThat(read(output, "parquet")).isEqualTo(expected);
  }

  @Test
  void whatIsScoredIsNeverOverwritten() throws IOException {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    Files.writeString(photos.resolve("holidays.jpg"), "years of them");
    for (Path output : List.of(photos, directory)) {
      CommandLineRun refused =
          result("score", "--model", model, "--images", photos, "--output", output, "--overwrite");
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(2);
      assertThat(refused.err())
          .contains("there, which they are made from, expected another place. Use another")
          .hasLineCount(1);
    }
    assertThat(photos.resolve("holidays.jpg")).hasContent("years of them");
  }

  @Test
  void whatCannotBeScoredIsOneLineAndItsExitCode() throws IOException {
    Path output = directory.resolve("nothing");
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertFails(
        3, "found no file, expected PNG, JPEG, GIF or BMP images", "--images", empty, output);
    assertFails(
        3,
        "found no such path, expected a file or directory",
        "--images",
        directory.resolve("no-such-images"),
        output);
    assertFails(3, "found no manifest.json", "--shards", empty, output);
    assertThat(output).doesNotExist();
  }

  private static void assertFails(
      int exitCode, String message, String option, Path source, Path output) {
    CommandLineRun failed = result("score", "--model", model, option, source, "--output", output);
    assertThat(failed.exitCode()).as(failed.toString()).isEqualTo(exitCode);
    assertThat(failed.err()).contains(message);
    assertThat(failed.err().strip().lines()).hasSize(1);
  }

  /** A batch of another size is summed in another order. */
  private static void assertSameScores(Row found, Row wanted) {
    assertThat(found.<Integer>getAs("label")).isEqualTo(wanted.<Integer>getAs("label"));
    for (String name : Cifar10.CLASS_NAMES) {
      assertThat(found.<Float>getAs("p_" + name))
          .isCloseTo(wanted.<Float>getAs("p_" + name), within(1e-6f));
    }
  }

  private static BufferedImage picture(byte[] pixels) {
    BufferedImage picture =
        new BufferedImage(Cifar10.WIDTH, Cifar10.HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < Cifar10.PLANE; i++) {
      Color color =
          new Color(pixels[3 * i] & 0xff, pixels[3 * i + 1] & 0xff, pixels[3 * i + 2] & 0xff);
      picture.setRGB(i % Cifar10.WIDTH, i / Cifar10.WIDTH, color.getRGB());
    }
    return picture;
  }

  private static Path prepare(String normalization) {
    Path target = directory.resolve("shards-" + normalization);
    run(
        "prepare",
        "--stand-in",
        "--shards",
        target,
        "--set",
        "prepare.normalization=" + normalization,
        "--set",
        "prepare.stand-in.training-images=" + TRAINING_IMAGES,
        "--set",
        "prepare.stand-in.test-images=" + TEST_IMAGES,
        "--set",
        "prepare.shards=2");
    return target;
  }

  private static Map<String, Row> score(String name, Object... source) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(source));
    arguments.addAll(0, List.of("score", "--model", model));
    arguments.addAll(List.of("--output", directory.resolve(name)));
    run(arguments.toArray());
    return read(directory.resolve(name), "parquet");
  }

  private static Map<String, Row> read(Path table, String format) throws IOException {
    try (SparkSession session = LocalSpark.open("local[2]")) {
      Map<String, Row> rows = new TreeMap<>();
      session
          .read()
          .schema(ScoreTable.schema(Cifar10.CLASS_NAMES))
          .option("header", true)
          .format(format)
          .load(table.toString())
          .collectAsList()
          .forEach(row -> assertThat(rows.put(row.getString(0), row)).isNull());
      return rows;
    }
  }

  private static String run(Object... arguments) {
    CommandLineRun run = result(arguments);
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run.out();
  }

  private static CommandLineRun result(Object... arguments) {
    return CommandLineRun.of(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }
}

package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.LocalSpark;
import io.centroid.picture.ImageSamples;
import io.centroid.source.IdxFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All commands on data sets that are not CIFAR-10, in this JVM. */
final class OwnDataIT {
  private static final List<String> COLOURS = List.of("blue", "green", "red");

  private static final String AS_THEY_ARE = "--set=prepare.normalization=none";

  /** Nothing crosses the wire unregistered. */
  private static final Map<String, String> STRICT =
      Map.of("spark.kryo.registrationRequired", "true");

  @TempDir private Path directory;

  @Test
  void picturesOfOneSizeInDirectoriesOfSplitsAndClasses() throws IOException {
    Path pictures = directory.resolve("colours");
    write(pictures.resolve("train"), 40, 12, 10);
    write(pictures.resolve("test"), 20, 12, 10);
    Path shards = directory.resolve("shards");
    assertThat(prepare(pictures, shards).out()).contains("colours: 180 images in ");
    JsonNode manifest = manifest(shards);
    assertThat(manifest.path("classNames").toString()).isEqualTo("[\"blue\",\"green\",\"red\"]");
    assertThat(manifest.path("featureShape").toString()).isEqualTo("[12,10,3]");
    assertThat(count(manifest, "test")).isEqualTo(60);
    assertThat(count(manifest, "train") + count(manifest, "validation")).isEqualTo(120);

    CommandLineRun trained = train(shards, "training.augmentation.crop-padding=1");
    assertThat(trained.out())
        .contains("60 test images")
        .contains("input_1 (InputLayer)         (None, 12, 10, 3)         0         ")
        .contains("flatten_1 (Flatten)          (None, 360)               0         ")
        .contains("dense_2 (Dense)              (None, 3)                 27        ")
        .contains("test split of colours, 60 images")
        .doesNotContain("top-3 accuracy");
    Path run = run();
    assertThat(accuracy(run)).isGreaterThan(0.9);
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("colours")
        .doesNotContain("published for one process")
        .doesNotContain("say nothing about real images");
    evaluateScoreGateAndPromote(shards, run, pictures.resolve("test"), 60);
  }

  private void evaluateScoreGateAndPromote(Path shards, Path run, Path pictures, int count)
      throws IOException {
    assertThat(CommandLine.of("evaluate", "--model", run, "--shards", shards).done().out())
        .contains("accuracy %.2f %%".formatted(100 * accuracy(run)));
    Path scores = directory.resolve("scores-of-pictures");
    CommandLine.of("score", "--model", run, "--images", pictures, "--output", scores)
        .with("--format", "csv")
        .done();
    List<String> rows = rows(scores);
    assertThat(rows).hasSize(count);
    long right = rows.stream().filter(row -> row.split("/")[0].equals(row.split(",")[2])).count();
    assertThat((double) right / count).isEqualTo(accuracy(run));
    Path again = directory.resolve("scores-of-shards");
    CommandLine.of("score", "--model", run, "--shards", shards, "--split", "test")
        .with("--output", again, "--format", "csv")
        .done();
    assertThat(rows(again)).hasSize(count);
    CommandLine.of("report", run).done();
    gateAndPromote(run);
  }

  /** Measures a run again, shows it, and makes a version of it. */
  private void evaluateReportGateAndPromote(Path shards, Path run) throws IOException {
    assertThat(CommandLine.of("evaluate", "--model", run, "--shards", shards).done().out())
        .contains("accuracy %.2f %%".formatted(100 * accuracy(run)));
    CommandLine.of("report", run).done();
    gateAndPromote(run);
  }

  private void gateAndPromote(Path run) {
    Path models = directory.resolve("models");
    for (String command : List.of("gate", "promote")) {
      CommandLine.of(command, "--run", run, "--models", models, "--name", "own").done();
    }
    assertThat(models.resolve("own/current.json")).exists();
  }

  /** Each slot lists and decodes when it likes; the file system lists as it likes. */
  @Test
  void theSamePicturesGiveTheSameShards() throws IOException {
    Path pictures = directory.resolve("some");
    write(pictures, 30, 9, 9);
    Path again = directory.resolve("other").resolve("some");
    List<Path> files;
    try (Stream<Path> all = Files.walk(pictures)) {
      files = new ArrayList<>(all.filter(Files::isRegularFile).toList());
    }
    Collections.reverse(files);
    for (Path file : files) {
      Path copy = again.resolve(pictures.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
    Path one = directory.resolve("one");
    Path four = directory.resolve("four");
    prepare(Map.of("spark.master", "local[1]"), pictures, one, "--image-size", "8x6");
    prepare(Map.of("spark.master", "local[4]"), again, four, "--image-size", "8x6");
    assertThat(manifest(one)).isEqualTo(manifest(four));
    assertThat(manifest(one).path("featureShape").toString()).isEqualTo("[8,6,3]");
    assertThat(count(manifest(one), "test")).as("a tenth was drawn").isBetween(1L, 25L);
    assertThat(
            CommandLine.of("prepare", "--data", again, "--image-size", "8x6", "--shards", four)
                .done()
                .out())
        .contains("The same shards were there before");
  }

  /** What people's folders hold besides. */
  @Test
  void whatIsNoPictureAmongThemIsLeftOut() throws Exception {
    Path pictures = directory.resolve("mixed");
    write(pictures, 40, 5, 5);
    Files.writeString(pictures.resolve("README.txt"), "colours");
    Files.writeString(pictures.resolve("red/.DS_Store"), "hidden");
    Path deep = Files.createDirectories(pictures.resolve("green/deep/er"));
    save(colour(1, 99, 5, 5), deep.resolve("x.png"));
    Path links = Files.createDirectories(directory.resolve("links"));
    for (String colour : COLOURS) {
      Files.createSymbolicLink(links.resolve(colour), pictures.resolve(colour));
    }
    Files.createSymbolicLink(pictures.resolve("blue/loop"), pictures.resolve("blue"));
    Path shards = directory.resolve("shards");
    CommandLineRun run = prepare(pictures, shards, "--set", "prepare.unreadable-fraction=0.02");
    assertThat(run.out())
        .contains("1 left out, which cannot be read:\n  blue/loop: found a link to a directory")
        .contains("mixed: 121 images");
    prepare(links, directory.resolve("linked"), "--set", "prepare.unreadable-fraction=0.02");
    assertThat(manifest(directory.resolve("linked")).path("splits"))
        .isEqualTo(manifest(shards).path("splits"));
  }

  /** What systems and programs leave beside the classes, and a link to all of them. */
  @Test
  void whatIsNoClassIsLeftOut() throws IOException {
    Path pictures = directory.resolve("beside");
    write(pictures, 20, 5, 5);
    Files.createDirectories(pictures.resolve("lost+found"));
    save(colour(1, 1, 5, 5), pictures.resolve("__MACOSX/red/._1.png"));
    save(colour(1, 1, 5, 5), pictures.resolve("@eaDir/1.png/thumbnail.png"));
    Files.createSymbolicLink(pictures.resolve("everything"), pictures);
    Path shards = directory.resolve("shards");
    assertThat(prepare(pictures, shards).out())
        .contains("Left out: everything: found a link to a directory that it is in\n")
        .contains("beside: 60 images");
    assertThat(manifest(shards).path("classNames").toString())
        .isEqualTo("[\"blue\",\"green\",\"red\"]");
  }

  /** Not a pattern of files, and not the name of a file system. */
  @Test
  void aTableMayBeCalledAnything() throws IOException {
    String name = "rows [old] {1,2} *?.csv";
    Path table = directory.resolve(name);
    Files.write(table, lines(60));
    Path shards = directory.resolve("shards {1}");
    assertThat(prepareTable(table, shards, "--label", "kind").out()).contains(": 60 rows in ");
    Path folder = Files.createDirectories(directory.resolve("[2026]"));
    Files.createSymbolicLink(folder.resolve("latest"), folder);
    Files.move(table, folder.resolve(name));
    assertThat(prepareTable(folder, shards, "--overwrite", "--label", "kind").out())
        .contains(": 60 rows in ");
    train(shards, "training.epochs=1");
    Path scores = directory.resolve("scores [1]");
    CommandLine.of("score", "--model", run(), "--table", folder.resolve(name))
        .with("--output", scores, "--format", "csv")
        .done();
    assertThat(rows(scores)).hasSize(60);

    Path withColon = directory.resolve("12:30.csv");
    Files.write(withColon, lines(60));
    assertTableRefused(
        withColon, 3, "found a file whose name has a colon (.12:30.csv.crc)", "--label", "kind");
    // Relative, it could be in a file system that is called 7.
    assertFails(
        3,
        "/7:45.csv: found no such path",
        "prepare",
        "--table",
        "7:45.csv",
        "--label",
        "kind",
        "--shards",
        shards);
  }

  @Test
  void greyLevelsHaveOneChannel() throws IOException {
    Path pictures = directory.resolve("grey");
    for (int label = 0; label < 2; label++) {
      for (int i = 0; i < 30; i++) {
        BufferedImage image = new BufferedImage(7, 7, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(i % 7, i / 7, 0, 1 + 200 * label);
        save(image, pictures.resolve(label == 0 ? "dark" : "light").resolve(i + ".png"));
      }
    }
    Path shards = directory.resolve("shards");
    prepare(pictures, shards);
    assertThat(manifest(shards).path("featureShape").toString()).isEqualTo("[7,7,1]");
    assertThat(train(shards, "network.kind=channel-dense").out())
        .contains("dense_1 (Dense)              (None, 7, 7, 8)           16        ");
    Path coloured = directory.resolve("coloured");
    prepare(pictures, coloured, "--image-channels", "3");
    assertThat(manifest(coloured).path("featureShape").toString()).isEqualTo("[7,7,3]");
  }

  @Test
  void mnistsFiles() throws IOException {
    Path files = directory.resolve("digits");
    IdxFiles.write(files, 24, 240, 120);
    Path shards = directory.resolve("shards");
    assertThat(prepare(files, shards).out()).contains("digits: 360 images in 24 shards");
    assertThat(train(shards).out())
        .contains("input_1 (InputLayer)         (None, 6, 5, 1)           0         ")
        .contains("dense_2 (Dense)              (None, 24)                216       ")
        .contains("the 10 of 24 classes that are told worst");
    assertThat(Files.readString(run().resolve("report.html")))
        .contains("The 24 of 24 classes that are told worst")
        .doesNotContain("class=\"confusion\"");
    Path scores = directory.resolve("scores");
    CommandLine.of("score", "--model", run(), "--data", files, "--split", "test")
        .with("--output", scores, "--format", "csv")
        .done();
    assertThat(rows(scores)).hasSize(120).anyMatch(row -> row.startsWith("240,"));
    evaluateReportGateAndPromote(shards, run());
  }

  @Test
  void aTableWithTextsAsLabels() throws IOException {
    Path table = directory.resolve("flowers.csv");
    List<String> lines = lines(240);
    Files.write(table, lines);
    Path shards = directory.resolve("shards");
    CommandLineRun prepared = prepareTable(table, shards, "--label", "kind");
    assertThat(prepared.out()).contains("flowers.csv: 240 rows in ");
    JsonNode manifest = manifest(shards);
    assertThat(manifest.path("classNames").toString())
        .isEqualTo("[\"lily\",\"rose, red\",\"tulip\"]");
    assertThat(manifest.path("featureShape").toString()).isEqualTo("[3]");
    assertThat(manifest.path("featureNames").toString())
        .isEqualTo("[\"length\",\"width\",\"wild\"]");
    assertThat(manifest.path("normalization").path("kind").asText()).isEqualTo("standardize");

    CommandLineRun trained = train(shards);
    assertThat(trained.out())
        .contains("input_1 (InputLayer)         (None, 3)                 0         ")
        .doesNotContain("Flatten")
        .containsPattern("epoch  1/12 +[0-9,]+ rows/s")
        .containsPattern("test split of flowers.csv, [0-9]+ rows");
    Path run = run();
    assertThat(accuracy(run)).isGreaterThan(0.9);
    assertThat(Files.readString(run.resolve("report.html")))
        .containsPattern("of [0-9]+ test rows of flowers.csv")
        .containsPattern("[0-9,]+ rows/s. Of the rounds")
        .doesNotContain("most confident mistakes");
    evaluateReportGateAndPromote(shards, run);

    List<String> unlabelled = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      unlabelled.add(
          (i == 0 ? "name," : "n" + i + ",")
              + lines.get(i).replaceFirst("^(\"[^\"]*\"|[^,]*),", ""));
    }
    Path others = directory.resolve("others.csv");
    Files.write(others, unlabelled);
    Path scores = directory.resolve("scores");
    CommandLine.of("score", "--model", run, "--table", others, "--id", "name")
        .with("--output", scores, "--format", "csv")
        .done();
    List<String> rows = rows(scores);
    assertThat(rows).hasSize(240);
    long right = rows.stream().filter(row -> row.contains(kindOf(row))).count();
    assertThat(right).isGreaterThan(216);
    assertFails(
        2,
        "found a model of flowers.csv, whose examples have shape [3], expected one of pictures",
        "score",
        "--model",
        run,
        "--images",
        directory,
        "--output",
        directory.resolve("nowhere"));
  }

  /** Rows of weight 0 are as if they were not there; rows of weight 2 are as two. */
  @Test
  void rowsHaveWeights() throws IOException {
    Path weighted = directory.resolve("weighted.csv");
    Path plain = directory.resolve("plain.csv");
    List<String> lines = lines(240);
    List<String> withWeights = new ArrayList<>(List.of(lines.get(0) + ",times,part"));
    List<String> repeated = new ArrayList<>(List.of(lines.get(0) + ",part"));
    Random random = new Random(3);
    for (int i = 1; i < lines.size(); i++) {
      // Of a tenth the label is another one, so that no network is right about all of them.
      String line =
          random.nextInt(10) == 0 ? lines.get(i).replaceFirst("lily|tulip", "lily") : lines.get(i);
      String part = i % 4 == 0 ? "test" : "train";
      int times = i % 3 == 0 ? 3 : i % 7 == 0 ? 0 : 1;
      withWeights.add("%s,%d,%s".formatted(line, times, part));
      repeated.addAll(Collections.nCopies(times, line + "," + part));
    }
    Files.write(weighted, withWeights);
    Files.write(plain, repeated);
    Path shards = directory.resolve("shards");
    String[] columns = {AS_THEY_ARE, "--label", "kind", "--weight", "times", "--split", "part"};
    assertThat(prepareTable(weighted, shards, columns).out())
        .contains("23 left out, of weight 0")
        .contains("weighted.csv: 217 rows in ");
    JsonNode manifest = manifest(shards);
    assertThat(manifest.path("weighted").asBoolean()).isTrue();
    assertThat(manifest.path("featureNames").toString())
        .isEqualTo("[\"length\",\"width\",\"wild\"]");

    CommandLineRun trained = train(shards);
    assertThat(trained.out()).containsPattern("[0-9]+ rows, weighted [0-9.]+ in all");
    Path run = run();
    JsonNode metrics = json(run.resolve("metrics.json"));
    CommandLine.of("evaluate", "--model", run, "--shards", shards).done();

    Path repeatedShards = directory.resolve("repeated-shards");
    prepareTable(plain, repeatedShards, AS_THEY_ARE, "--label", "kind", "--split", "part");
    Path evaluated = directory.resolve("evaluated.json");
    CommandLine.of("evaluate", "--model", run, "--shards", repeatedShards, "--output", evaluated)
        .done();
    JsonNode counted = json(evaluated);
    assertThat(metrics.path("weight").asDouble()).isEqualTo(counted.path("examples").asDouble());
    for (String each : List.of("accuracy", "loss", "macroF1", "balancedAccuracy")) {
      assertThat(metrics.path(each).asDouble())
          .as(each)
          .isCloseTo(counted.path(each).asDouble(), within(1e-9));
    }

    gateAndPromote(run);
    for (String setting : List.of("averaging.engine=stock", "training.local-step=general")) {
      assertFails(
          2,
          "Cannot train on examples with weights: found " + setting.replace("=", " = "),
          "train",
          "--shards",
          shards,
          "--runs",
          directory.resolve("none"),
          "--set",
          setting);
    }
    Files.write(weighted, List.of("kind,length,w", "a,1,1", "b,2,-1.0"));
    assertTableRefused(
        weighted,
        3,
        "found weight -1.0 in column w, expected a number of 0 or more",
        "--label",
        "kind",
        "--weight",
        "w");
    assertTableRefused(
        weighted,
        3,
        "the weight column kind of type string",
        "--label",
        "length",
        "--weight",
        "kind");
    assertTableRefused(weighted, 3, "no column none", "--label", "kind", "--weight", "none");
  }

  /** What class line n of {@link #lines} has. */
  private static String kindOf(String score) {
    int line = Integer.parseInt(score.substring(1, score.indexOf(',')));
    return List.of("lily", "\"rose, red\"", "tulip").get((line - 1) % 3);
  }

  private static List<String> lines(int count) {
    List<String> lines = new ArrayList<>(List.of("kind,length,width,wild"));
    for (int i = 0; i < count; i++) {
      lines.add(
          "%s,%d.5,%d,%s"
              .formatted(
                  List.of("lily", "\"rose, red\"", "tulip").get(i % 3),
                  100 * (i % 3) + i % 17,
                  i % 5,
                  i % 2 == 0));
    }
    return lines;
  }

  @Test
  void theSameRowsGiveTheSameShards() throws IOException {
    Path table = directory.resolve("some.csv");
    List<String> lines = lines(300);
    lines.addAll(lines.subList(1, 40)); // equal ones
    Files.write(table, lines);
    Path one = directory.resolve("one");
    prepareTable(Map.of("spark.master", "local[1]"), table, one, "--label", "kind");
    List<String> others = new ArrayList<>(lines.subList(1, lines.size()));
    Collections.shuffle(others, new Random(1));
    Path folder = directory.resolve("again").resolve("some.csv");
    Files.createDirectories(folder);
    for (int part = 0; part < 3; part++) {
      List<String> ofPart = new ArrayList<>(List.of(lines.get(0)));
      for (int i = part; i < others.size(); i += 3) {
        ofPart.add(others.get(i));
      }
      Files.write(folder.resolve("part-" + part + ".csv"), ofPart);
    }
    Path four = directory.resolve("four");
    prepareTable(Map.of("spark.master", "local[4]"), folder, four, "--label", "kind");
    assertThat(manifest(four)).isEqualTo(manifest(one));
    assertThat(total(manifest(one))).isEqualTo(339);
  }

  @Test
  void columnsOfVectorsAndOfSplits() throws IOException {
    Path table = directory.resolve("vectors");
    SparkSession session =
        LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"));
    try {
      session
          .sql(
              "select id, cast(id % 2 as double) answer, 'f' note,"
                  + " array(cast(id % 2 as float), cast(id as float), 7.0f) numbers,"
                  + " case when id % 5 = 0 then 'test' when id % 5 = 1 then 'dev' else 'train' end"
                  + " part from range(100)")
          .selectExpr("*", "answer * 2 as twice")
          .withColumn(
              "vector",
              org.apache.spark.ml.functions.array_to_vector(
                  org.apache.spark.sql.functions.col("numbers")))
          .write()
          .parquet(table.toString());
    } finally {
      session.stop();
    }
    Path shards = directory.resolve("shards");
    String[] columns = {"--label", "answer", "--split", "part", "--id", "id", "--features"};
    prepareTable(table, shards, CommandLine.of(columns).with("vector,twice").toArray());
    JsonNode manifest = manifest(shards);
    assertThat(manifest.path("featureNames").toString())
        .isEqualTo("[\"vector[0]\",\"vector[1]\",\"vector[2]\",\"twice\"]");
    assertThat(manifest.path("classNames").toString()).isEqualTo("[\"0\",\"1\"]");
    assertThat(List.of(count(manifest, "train"), count(manifest, "validation")))
        .containsExactly(60L, 20L);
    assertThat(count(manifest, "test")).isEqualTo(20);
    assertThat(manifest.path("normalization").path("mean").get(2).asDouble()).isEqualTo(7);
    assertThat(manifest.path("normalization").path("deviation").get(2).asDouble()).isZero();
    Path asArrays = directory.resolve("arrays");
    prepareTable(table, asArrays, CommandLine.of(columns).with("numbers,twice").toArray());
    assertThat(manifest(asArrays).path("shards").toString())
        .isEqualTo(manifest.path("shards").toString());
    train(shards);
    Path scores = directory.resolve("scores");
    CommandLine.of("score", "--model", run(), "--table", table, "--id", "id")
        .with("--output", scores, "--format", "csv")
        .done();
    assertThat(rows(scores)).hasSize(100).anyMatch(row -> row.startsWith("99,1,1,"));
    evaluateReportGateAndPromote(shards, run());
  }

  /** Of which nothing says how many columns there are; the rows to score have fewer than others. */
  @Test
  void rowsOfLibsvm() throws IOException {
    Path table = directory.resolve("rows.libsvm");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      lines.add(i % 2 == 0 ? "0 1:%d 4:1".formatted(i % 5) : "1 2:%d".formatted(3 + i % 5));
    }
    Files.write(table, lines);
    Path shards = directory.resolve("shards");
    prepareTable(table, shards, "--label", "label");
    assertThat(manifest(shards).path("featureShape").toString()).isEqualTo("[4]");
    train(shards);
    Path few = directory.resolve("few.libsvm");
    Files.write(few, List.of("0 2:3", "0 1:4"));
    Path scores = directory.resolve("scores");
    CommandLine.of("score", "--model", run(), "--table", few)
        .with("--output", scores, "--format", "csv")
        .done();
    assertThat(rows(scores)).hasSize(2).anyMatch(row -> row.split(",")[1].equals("1"));
  }

  /** As {@code datasets} downloads it, with what else is in the repository. */
  @Test
  void huggingFacesCifar10() throws IOException {
    Path repository = directory.resolve("cifar10");
    Path files = Files.createDirectories(repository.resolve("plain_text"));
    Files.writeString(repository.resolve("README.md"), "# Dataset Card");
    Files.createSymbolicLink(repository.resolve("latest"), repository);
    String label = "label bigint";
    hugging(files, label, "train", 200);
    hugging(files, label, "test", 50);
    Path shards = directory.resolve("shards");
    CommandLineRun prepared =
        CommandLine.of("prepare", "--data", repository, "--shards", shards).done();
    assertThat(prepared.out()).contains("CIFAR-10: 250 images in ");
    JsonNode manifest = manifest(shards);
    assertThat(manifest.path("classNames").get(9).asText()).isEqualTo("truck");
    assertThat(count(manifest, "test")).isEqualTo(50);
    assertThat(count(manifest, "train") + count(manifest, "validation")).isEqualTo(200);
    assertThat(manifest.path("featureShape").toString()).isEqualTo("[32,32,3]");

    train(shards, "training.epochs=1");
    Path scores = directory.resolve("scores");
    CommandLine.of("score", "--model", run(), "--shards", shards, "--split", "test")
        .with("--output", scores, "--format", "csv")
        .done();
    assertThat(rows(scores)).hasSize(50);
    evaluateReportGateAndPromote(shards, run());

    // The same pictures as any table of pictures, smaller and grey.
    Path small = directory.resolve("small");
    prepareTable(
        files,
        small,
        "--label",
        "label",
        "--features",
        "img",
        "--image-size",
        "4x3",
        "--image-channels",
        "1");
    assertThat(manifest(small).path("featureShape").toString()).isEqualTo("[4,3,1]");
    assertThat(manifest(small).path("dataset").asText()).isEqualTo("plain_text");
    assertThat(count(manifest(small), "test")).isEqualTo(50);
    train(small, "training.epochs=1");
  }

  @Test
  void huggingFacesCifar100() throws IOException {
    Path files = Files.createDirectories(directory.resolve("cifar100"));
    String labels = "fine_label bigint, coarse_label bigint";
    hugging(files, labels, "train", 300);
    hugging(files, labels, "test", 100);
    Path shards = directory.resolve("shards");
    assertThat(CommandLine.of("prepare", "--data", files, "--shards", shards).done().out())
        .contains("CIFAR-100: 400 images in ");
    assertThat(manifest(shards).path("classNames").get(99).asText()).isEqualTo("worm");
  }

  private static void hugging(Path directory, String labels, String split, int count)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] png = ImageSamples.encoded(colour(i % 3, i, 32, 32), "png");
      Row picture = RowFactory.create(png, null);
      rows.add(
          labels.contains(",")
              ? RowFactory.create(picture, i % 100L, i % 20L)
              : RowFactory.create(picture, i % 10L));
    }
    SparkSession session =
        LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"));
    Path written = directory.resolveSibling(split);
    try {
      session
          .createDataFrame(
              rows, StructType.fromDDL("img struct<bytes: binary, path: string>, " + labels))
          .coalesce(1)
          .write()
          .parquet(written.toString());
    } finally {
      session.stop();
    }
    try (Stream<Path> files = Files.list(written)) {
      Path file = files.filter(each -> each.toString().endsWith(".parquet")).findFirst().get();
      Files.move(file, directory.resolve(split + "-00000-of-00001.parquet"));
    }
    FileUtils.deleteDirectory(written.toFile());
  }

  /** Names as people and cameras make them, and classes that only their case tells apart. */
  @Test
  void namesMayBeAnything() throws IOException {
    Path pictures = directory.resolve("my photos, 100% [old] #1");
    List<String> names = List.of("16:9", "a%20b c", "Rose", "rose");
    for (int label = 0; label < names.size(); label++) {
      for (int i = 0; i < 20; i++) {
        Path file = pictures.resolve(names.get(label)).resolve("IMG (%d) 50%%?.png".formatted(i));
        save(colour(label % 3, i, 5, 5), file);
      }
    }
    Path shards = directory.resolve("shards");
    prepare(pictures, shards);
    assertThat(manifest(shards).path("classNames").toString())
        .isEqualTo("[\"16:9\",\"Rose\",\"a%20b c\",\"rose\"]");
    train(shards, "training.epochs=1");
    for (String format : List.of("csv", "parquet")) {
      Path scores = directory.resolve("scores-" + format);
      CommandLine.of("score", "--model", run(), "--images", pictures, "--output", scores)
          .with("--format", format)
          .done();
      assertThat(scores.resolve("_SUCCESS")).exists();
    }
    try (Stream<Path> files = Files.list(directory.resolve("scores-csv"))) {
      Path file = files.filter(each -> each.toString().endsWith(".csv")).findFirst().orElseThrow();
      assertThat(Files.readAllLines(file).get(0))
          .isEqualTo("id,label,class,p_16:9,p_Rose_1,p_a%20b c,p_rose_3,problem");
    }
  }

  @Test
  void splitsAreWhatHoldsClasses() throws IOException {
    Path pictures = directory.resolve("partly");
    write(pictures, 20, 5, 5);
    write(pictures.resolve("test"), 5, 5, 5);
    Path shards = directory.resolve("shards");
    prepare(pictures, shards);
    assertThat(manifest(shards).path("classNames")).hasSize(3);
    assertThat(count(manifest(shards), "test")).isEqualTo(15);

    Path vehicles = directory.resolve("vehicles");
    for (String name : List.of("bus", "car", "train")) {
      for (int i = 0; i < 20; i++) {
        save(colour(name.length() % 3, i, 5, 5), vehicles.resolve(name).resolve(i + ".png"));
      }
    }
    Path other = directory.resolve("other");
    prepare(vehicles, other);
    assertThat(manifest(other).path("classNames").toString())
        .isEqualTo("[\"bus\",\"car\",\"train\"]");
  }

  @Test
  void twoDataSetsInOnePlaceAreNotMixed() throws IOException {
    IdxFiles.write(directory.resolve("data/FashionMNIST/raw"), 4, 8, 8);
    IdxFiles.write(directory.resolve("data/MNIST/raw"), 4, 8, 8);
    assertRefused(
        directory.resolve("data"), 2, "expected one data set. Give the path of one of them.");
  }

  @Test
  void aTableIsReadAsItIsWritten() throws IOException {
    Path table = directory.resolve("quoted.csv");
    List<String> lines = new ArrayList<>(List.of("kind,a.b"));
    for (int i = 0; i < 120; i++) {
      lines.add((i % 2 == 0 ? "\"6\"\" pipe, red\"," : "plain,") + i);
    }
    Files.write(table, lines);
    Path shards = directory.resolve("shards");
    prepareTable(table, shards, "--label", "kind");
    assertThat(manifest(shards).path("classNames").toString())
        .isEqualTo("[\"6\\\" pipe, red\",\"plain\"]");
    assertThat(manifest(shards).path("featureNames").toString()).isEqualTo("[\"a.b\"]");

    lines.add("plain,1,234.5");
    Files.write(table, lines);
    assertTableRefused(table, 3, "found what Spark cannot read", "--label", "kind");
    assertTableRefused(
        table, 2, "found column kind twice among", "--label", "kind", "--features", "a.b,kind");
    Path unknown = directory.resolve("iris.data");
    Files.write(unknown, lines);
    assertTableRefused(unknown, 2, "do not tell their format", "--label", "kind");
    assertTableRefused(
        unknown, 3, "found what Spark cannot read", "--label", "kind", "--format", "parquet");
  }

  /** What only who reads every value finds. */
  @Test
  void aDamagedTableIsOneLine() throws IOException {
    Path table = directory.resolve("damaged");
    SparkSession session =
        LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"));
    try {
      session
          .sql("select id % 2 label, id / 2 x from range(50000)")
          .coalesce(1)
          .write()
          .parquet(table.toString());
    } finally {
      session.stop();
    }
    try (Stream<Path> files = Files.list(table)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".crc")) {
          Files.delete(file);
        } else if (file.toString().endsWith(".parquet")) {
          byte[] content = Files.readAllBytes(file);
          Arrays.fill(content, content.length / 2, content.length / 2 + 20_000, (byte) -1);
          Files.write(file, content);
        }
      }
    }
    assertTableRefused(table, 3, "found what Spark cannot read", "--label", "label");
  }

  @Test
  void labelsOfTypesThatTellNoClassesAreRefused() {
    SparkSession session =
        LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"));
    Path table = directory.resolve("types");
    try {
      session
          .sql(
              "select cast(id as binary) bytes, cast(id % 3 as decimal(10,2)) / 2 half,"
                  + " date_add(date'2026-01-01', cast(id % 2 as int)) day,"
                  + " cast(id % 2 as decimal(10,2)) whole, cast(null as array<float>) nothing,"
                  + " if(id = 7, array(1f), array(1f, cast(id as float))) `dotted.array`, id x"
                  + " from range(100)")
          .coalesce(1)
          .write()
          .parquet(table.toString());
    } finally {
      session.stop();
    }
    String[] x = {"--features", "x", "--label"};
    assertTableRefused(
        table,
        3,
        "found the label column bytes of type binary",
        CommandLine.of(x).with("bytes").toArray());
    assertTableRefused(
        table,
        3,
        "in the label column half, expected classes",
        CommandLine.of(x).with("half").toArray());
    assertTableRefused(
        table,
        3,
        "found column nothing without values",
        "--features",
        "nothing",
        "--label",
        "whole");
    assertTableRefused(
        table,
        3,
        "found 1 values in column dotted.array, expected 2 as in the widest row",
        "--features",
        "dotted.array",
        "--label",
        "day",
        "--set",
        "prepare.unreadable-fraction=0.001");
    for (String label : List.of("day", "whole")) {
      Path shards = directory.resolve(label);
      prepareTable(
          table,
          shards,
          "--features",
          "x,dotted.array",
          "--label",
          label,
          "--set",
          "prepare.unreadable-fraction=0.02");
    }
  }

  @Test
  void aSplitThatIsEmptyIsNamed() throws IOException {
    Path pictures = directory.resolve("pictures");
    write(pictures.resolve("train"), 5, 5, 5);
    for (String colour : COLOURS) {
      Files.createDirectories(pictures.resolve("test").resolve(colour));
    }
    assertRefused(pictures, 3, "found no example of the test split, expected some");
  }

  @Test
  void whatIsNoTableOfExamplesIsOneLine() throws IOException {
    Path table = directory.resolve("rows.csv");
    String[] label = {"--label", "kind"};
    Files.write(table, lines(60));
    assertTableRefused(table, 2, "found no --label, expected the column of the classes");
    assertTableRefused(
        table,
        3,
        "found no column sort, expected one of kind, length, width, wild",
        "--label",
        "sort");
    assertTableRefused(
        table,
        3,
        "found column kind of type string, expected numbers, arrays of numbers or vectors",
        "--label",
        "wild",
        "--features",
        "kind");
    Files.write(table, List.of("half,width", "0.5,1", "1,2", "1.5,3"));
    assertTableRefused(table, 3, "in the label column half, expected classes", "--label", "half");
    List<String> lines = lines(60);
    lines.add("lily,,1,true");
    Files.write(table, lines);
    assertTableRefused(
        table,
        3,
        "found 1 of 61 examples that cannot be read, as row null,1,true,lily: found no value in column length, expected a number",
        label);
    lines.set(61, "lily,NaN,1,true");
    Files.write(table, lines);
    assertTableRefused(table, 3, "found NaN in column length, expected a finite number", label);
    lines.set(61, ",1,1,true");
    Files.write(table, lines);
    assertTableRefused(table, 3, "found rows without a label in column kind", label);
    Files.write(table, lines(60));
    assertTableRefused(table, 3, "two examples with one id: ", "--label", "kind", "--id", "width");
    assertTableRefused(
        table,
        3,
        "found lily in the split column kind",
        "--label",
        "wild",
        "--split",
        "kind",
        "--features",
        "width");
    Files.write(table, List.of("kind,length", "a,1", "a,2", "a,3"));
    assertTableRefused(table, 3, "found 1 class names instead of 2", label);
    Files.write(table, List.of("kind,length"));
    assertTableRefused(table, 3, "found no rows, expected examples", label);
    assertTableRefused(directory.resolve("nowhere.csv"), 3, "nowhere.csv", label);
    Files.write(table, lines(60));
    assertTableRefused(
        table,
        2,
        "prepare.normalization = unit",
        "--label",
        "kind",
        "--set",
        "prepare.normalization=unit");
  }

  private void assertTableRefused(Path table, int exitCode, String found, String... options) {
    Path shards = directory.resolve("refused");
    CommandLineRun run =
        CommandLineRun.of(
            CommandLine.of("prepare", "--table", table, "--shards", shards)
                .with(options)
                .toArray());
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    assertThat(run.err()).contains(found).hasLineCount(1);
    assertThat(shards).doesNotExist();
  }

  private static CommandLineRun prepareTable(Path table, Path shards, String... options) {
    return prepareTable(Map.of(), table, shards, options); // Spark SQL registers nothing
  }

  private static CommandLineRun prepareTable(
      Map<String, String> spark, Path table, Path shards, String... options) {
    CommandLineRun run =
        CommandLineRun.of(
            spark,
            CommandLine.of("prepare", "--table", table, "--shards", shards)
                .with(options)
                .toArray());
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run;
  }

  private static long total(JsonNode manifest) {
    long total = 0;
    for (JsonNode entry : manifest.path("splits")) {
      total += entry.path("examples").asLong();
    }
    return total;
  }

  @Test
  void whatCannotBeTrainedOnIsOneLine() throws IOException {
    Path pictures = directory.resolve("pictures");
    write(pictures.resolve("train"), 10, 5, 5);
    write(pictures.resolve("test"), 4, 5, 5);

    save(colour(0, 1, 5, 5), pictures.resolve("test/violet/1.png"));
    assertRefused(pictures, 3, "found no training example of class violet, expected some");
    Files.delete(pictures.resolve("test/violet/1.png"));
    Files.delete(pictures.resolve("test/violet"));

    Path wide = pictures.resolve("train/red/wide.png");
    save(colour(2, 1, 5, 6), wide);
    assertRefused(
        pictures,
        3,
        "found 1 of 43 examples that cannot be read, as train/red/wide.png: found a picture of 5x6, expected 5x5, height by width, as the others. Use --image-size to resize all, expected at most 0.01 of them, which is prepare.unreadable-fraction.");
    CommandLineRun left =
        prepare(pictures, directory.resolve("left"), "--set", "prepare.unreadable-fraction=0.1");
    assertThat(left.out())
        .contains("1 left out, which cannot be read:\n  train/red/wide.png: found a picture of");
    prepare(pictures, directory.resolve("resized"), "--image-size", "5x5");
    Files.write(wide, new byte[] {1, 2, 3});
    assertRefused(pictures, 3, "as train/red/wide.png: found another format");
    Files.delete(wide);

    assertRefused(pictures, 2, "found --image-size 5, expected", "--image-size", "5");
    assertRefused(pictures, 2, "found --image-channels 2, expected", "--image-channels", "2");
    assertRefused(pictures, 2, "shape [99999, 99999, 3]", "--image-size", "99999x99999");

    Files.createDirectories(pictures.resolve("Train/red"));
    assertRefused(pictures, 3, "found both Train and train, expected one directory for a split");
    FileUtils.deleteDirectory(pictures.resolve("Train").toFile());

    Path one = directory.resolve("single");
    save(colour(0, 1, 5, 5), one.resolve("only/1.png"));
    assertRefused(one, 3, "found 1 class names instead of 2 to 2,000");
  }

  @Test
  void modelsAndExamplesOfOtherShapesAreToldApart() throws IOException {
    Path pictures = directory.resolve("pictures");
    write(pictures, 30, 6, 6);
    Path small = directory.resolve("small");
    Path large = directory.resolve("large");
    prepare(pictures, small);
    prepare(pictures, large, "--image-size", "7x7");
    train(small, "training.epochs=1");
    assertFails(
        3,
        "found examples of shape [6, 6, 3] and of [7, 7, 3], expected the same",
        "evaluate",
        "--model",
        run(),
        "--shards",
        large);
    assertFails(
        3,
        "found examples of shape [6, 6, 3] and of [7, 7, 3], expected the same",
        "score",
        "--model",
        run(),
        "--shards",
        large,
        "--output",
        directory.resolve("scores"));
    Path models = directory.resolve("models");
    CommandLine.of("gate", "--run", run(), "--models", models, "--name", "own").done();
    CommandLine.of("promote", "--run", run(), "--models", models, "--name", "own").done();
    Path other = directory.resolve("other-runs");
    CommandLine.of("train", "--shards", large, "--runs", other)
        .set("network.hidden-widths=[8]", "training.epochs=1")
        .done();
    assertFails(
        3,
        "found examples of shape [6, 6, 3] and of [7, 7, 3], expected the same. Use a model of these",
        "gate",
        "--run",
        runIn(other),
        "--models",
        models,
        "--name",
        "own",
        "--shards",
        large);
    assertFails(
        2,
        "found training.augmentation.crop-padding = 6 for pictures of 6 × 6",
        "train",
        "--shards",
        small,
        "--runs",
        directory.resolve("runs"),
        "--set",
        "training.augmentation.crop-padding=6");
  }

  private void assertRefused(Path data, int exitCode, String found, String... options) {
    Path shards = directory.resolve("refused");
    assertFails(
        exitCode,
        found,
        CommandLine.of("prepare", "--data", data, "--shards", shards)
            .with(options)
            .list()
            .toArray());
    assertThat(shards).doesNotExist();
  }

  private static void assertFails(int exitCode, String found, Object... arguments) {
    CommandLineRun run = CommandLineRun.of(STRICT, CommandLine.of(arguments).toArray());
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    assertThat(run.err()).contains(found).hasLineCount(1);
  }

  private static CommandLineRun prepare(Path data, Path shards, String... options) {
    return prepare(STRICT, data, shards, options);
  }

  private static CommandLineRun prepare(
      Map<String, String> spark, Path data, Path shards, String... options) {
    CommandLineRun run =
        CommandLineRun.of(
            spark,
            CommandLine.of("prepare", "--data", data, "--shards", shards).with(options).toArray());
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run;
  }

  private CommandLineRun train(Path shards, String... settings) {
    CommandLineRun run =
        CommandLineRun.of(
            STRICT,
            CommandLine.of("train", "--shards", shards, "--runs", directory.resolve("runs"))
                .set("network.hidden-widths=[8]", "training.epochs=12", "training.minibatch-size=4")
                .set("averaging.frequency=2", "training.learning-rate=0.01")
                .set(settings)
                .toArray());
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run;
  }

  private Path run() throws IOException {
    return runIn(directory.resolve("runs"));
  }

  private static Path runIn(Path place) throws IOException {
    try (Stream<Path> runs = Files.list(place)) {
      return runs.filter(run -> Files.exists(run.resolve("_SUCCESS"))).findFirst().orElseThrow();
    }
  }

  private static double accuracy(Path run) throws IOException {
    return json(run.resolve("metrics.json")).path("accuracy").asDouble();
  }

  private static JsonNode manifest(Path shards) throws IOException {
    return json(shards.resolve("manifest.json"));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static long count(JsonNode manifest, String split) {
    for (JsonNode entry : manifest.path("splits")) {
      if (entry.path("split").asText().equals(split)) {
        return entry.path("examples").asLong();
      }
    }
    return 0;
  }

  /** The rows of a table without its header. */
  private static List<String> rows(Path scores) throws IOException {
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(scores)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".csv")).toList()) {
        List<String> lines = Files.readAllLines(file);
        rows.addAll(lines.subList(1, lines.size()));
      }
    }
    return rows;
  }

  /** A directory for each colour, with pictures of it as PNG and JPEG files. */
  private static void write(Path place, int each, int height, int width) throws IOException {
    for (int label = 0; label < COLOURS.size(); label++) {
      for (int i = 0; i < each; i++) {
        save(
            colour(label, i, height, width),
            place.resolve(COLOURS.get(label)).resolve(i + (i % 2 == 0 ? ".png" : ".jpg")));
      }
    }
  }

  private static BufferedImage colour(int label, int variant, int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int dark = (x * 7 + y * 5 + variant * 3) % 60;
        image.setRGB(x, y, dark * 0x010101 + ((150 + variant % 40) << (8 * label)));
      }
    }
    return image;
  }

  private static void save(BufferedImage image, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    String format = file.toString().endsWith(".jpg") ? "jpg" : "png";
    Files.write(file, ImageSamples.encoded(image, format));
  }
}

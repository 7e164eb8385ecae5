package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.cifar.Cifar10;
import io.centroid.cifar.SmallImages;
import io.centroid.cifar.StandInImages;
import io.centroid.config.PrepareSettings;
import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.Normalization;
import io.centroid.data.SourceFile;
import io.centroid.data.Split;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.prep.PrepareJob.Prepared;
import io.centroid.shard.Manifest;
import io.centroid.shard.ShardEntry;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrepareJobIT {
  private static final SmallImages IMAGES = new SmallImages(1, 600, 200);
  private static SparkSession session;

  @TempDir private Path directory;
  private Path shards;

  @BeforeAll
  static void startSpark() {
    session = LocalSpark.open("local[2]");
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  @BeforeEach
  void choosePlace() {
    shards = directory.resolve("shards");
  }

  @Test
  void anIndependentReaderFindsTheSameNumbers() throws Exception {
    Manifest manifest = prepare(IMAGES, settings(Normalization.STANDARDIZE)).manifest();
    double mean = manifest.normalization().mean().get(1);
    double deviation = manifest.normalization().deviation().get(1);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      String all = "read_parquet('" + shards + "/*/*.parquet', hive_partitioning = true)";
      assertThat(
              rows(
                  statement,
                  "select split, count(*), count(distinct id) from "
                      + all
                      + " group by split order by split"))
          .containsExactly("test,200,200", "train,480,480", "validation,120,120");
      assertThat(
              rows(
                  statement,
                  "select split, min(n), max(n) from (select split, label, count(*) n from "
                      + all
                      + " group by split, label) group by split order by split"))
          .containsExactly("test,20,20", "train,48,48", "validation,12,12");
      assertThat(
              rows(
                  statement,
                  "select column_name, column_type from (describe select id, label, features from "
                      + all
                      + ")"))
          .containsExactly("id,BIGINT", "label,INTEGER", "features,FLOAT[]");
      try (ResultSet row = statement.executeQuery("select id, label, features from " + all)) {
        int checked = 0;
        while (row.next()) {
          LabeledImage image = IMAGES.image((int) row.getLong(1));
          assertThat(row.getInt(2)).isEqualTo(image.label());
          Array features = row.getArray(3);
          Object[] values = (Object[]) features.getArray();
          assertThat(values).hasSize(Cifar10.FEATURES);
          // Place 1 + 3 × 77 is channel 1 of the 78th pixel.
          int place = 1 + 3 * 77;
          assertThat((Float) values[place])
              .isEqualTo((float) (((image.pixels()[place] & 0xff) / 255.0 - mean) / deviation));
          checked++;
        }
        assertThat(checked).isEqualTo(800);
      }
    }
  }

  @Test
  void sparksOwnReaderFindsTheColumns() throws Exception {
    prepare(IMAGES, settings(Normalization.UNIT));
    session.stop();
    session = LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"));
    Dataset<Row> rows =
        session.read().option("pathGlobFilter", "*.parquet").parquet(shards.toString());
    assertThat(rows.columns()).containsExactly("id", "label", "features", "split");
    assertThat(rows.count()).isEqualTo(800);
  }

  @Test
  void theManifestIsTheSameWhateverTheNumberOfCores() throws Exception {
    Manifest two = prepare(IMAGES, settings(Normalization.UNIT)).manifest();
    assertThat(two.standIn()).isTrue();
    assertThat(two.shards(Split.TRAIN)).hasSize(3);
    assertThat(two.shards(Split.TRAIN).stream().mapToLong(ShardEntry::rows))
        .containsExactly(160L, 160L, 160L);
    session.stop();
    session = LocalSpark.open("local[1]");
    shards = directory.resolve("again");
    assertThat(prepare(IMAGES, settings(Normalization.UNIT)).manifest()).isEqualTo(two);
    assertThat(Files.readString(shards.resolve("manifest.json"), StandardCharsets.UTF_8))
        .isEqualTo(Files.readString(directory.resolve("shards/manifest.json")));
  }

  /** Shards of earlier versions have to be read, and those of the same images to be the same. */
  @Test
  void keepsItsFingerprint() throws Exception {
    PrepareSettings settings =
        new PrepareSettings(2, 0.1, 0.1, 0.01, Normalization.UNIT, 1, 500, 100);
    assertThat(prepare(new StandInImages(1, 500, 100), settings).manifest().fingerprint())
        .isEqualTo("0df617f83adcf7f251a753eec5efe57b42de23832de9d5f41c45cef02467e2ff");
  }

  @Test
  void withoutValidationThereIsNoSuchSplit() throws Exception {
    PrepareSettings none =
        new PrepareSettings(3, 0, 0.1, 0.01, Normalization.UNIT, 1, 50_000, 10_000);
    Manifest manifest = prepare(IMAGES, none).manifest();
    assertThat(manifest.count(Split.TRAIN)).isEqualTo(600);
    assertThat(manifest.count(Split.VALIDATION)).isZero();
    assertThat(shards.resolve("split=validation")).doesNotExist();
  }

  @Test
  void theSameWorkIsDoneOnce() throws Exception {
    prepare(IMAGES, settings(Normalization.UNIT));
    List<String> before = tree();
    Prepared again = prepare(IMAGES, settings(Normalization.UNIT));
    assertThat(again.status()).isEqualTo(PrepareJob.Status.ALREADY_THERE);
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void otherShardsAreReplacedOnlyWhenAsked() throws Exception {
    Manifest first = prepare(IMAGES, settings(Normalization.UNIT)).manifest();
    SmallImages others = new SmallImages(2, 600, 200);
    assertThatThrownBy(() -> prepare(others, settings(Normalization.UNIT)))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessageContaining("found shards of other images or settings")
        .hasMessageContaining("Use --overwrite, or another --shards.");
    assertThat(open().manifest()).isEqualTo(first);
    Manifest second =
        job(others, settings(Normalization.UNIT), ExistingShards.OVERWRITE).execute().manifest();
    assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    assertThat(open().manifest()).isEqualTo(second);
    assertNothingElseIn(directory);
  }

  @Test
  void filesThatAreNoShardsAreNeverReplaced() throws Exception {
    Files.createDirectories(shards);
    Files.writeString(shards.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(
            () -> job(IMAGES, settings(Normalization.UNIT), ExistingShards.OVERWRITE).execute())
        .hasMessageContaining("found files that prepare did not write");
    assertThat(shards.resolve("thesis.txt")).hasContent("years of work");
  }

  @Test
  void aSourceThatFailsLeavesEverythingAsItWas() throws Exception {
    Manifest first = prepare(IMAGES, settings(Normalization.UNIT)).manifest();
    ImageSource failing = new FailingAt(700);
    assertThatThrownBy(
            () -> job(failing, settings(Normalization.UNIT), ExistingShards.OVERWRITE).execute())
        .hasMessage("Cannot read images: found damage at 700, expected none.");
    assertThat(open().manifest()).isEqualTo(first);
    assertNothingElseIn(directory);

    shards = directory.resolve("empty");
    assertThatThrownBy(() -> prepare(failing, settings(Normalization.UNIT)))
        .isInstanceOf(JobException.class);
    assertThat(shards).doesNotExist();
    assertNothingElseIn(directory);
  }

  @Test
  void readingFindsEveryDamage() throws Exception {
    Manifest manifest = prepare(IMAGES, settings(Normalization.UNIT)).manifest();
    Path shard = shards.resolve(manifest.shards(Split.TRAIN).get(1).file());
    byte[] whole = Files.readAllBytes(shard);
    Files.delete(shard.resolveSibling("." + shard.getFileName() + ".crc"));

    byte[] flipped = whole.clone();
    flipped[flipped.length / 3] ^= 1;
    Files.write(shard, flipped);
    assertThatThrownBy(this::readAll)
        .isInstanceOf(SparkException.class)
        .hasStackTraceContaining(JobException.class.getName())
        .hasStackTraceContaining(shard.getFileName().toString())
        .hasStackTraceContaining("Prepare the shards again.");

    Files.write(shard, Arrays.copyOf(whole, whole.length - 5));
    assertThatThrownBy(this::open)
        .hasMessageContaining("Cannot use file:" + shard)
        .hasMessageContaining(
            "found "
                + (whole.length - 5)
                + " bytes, expected "
                + whole.length
                + " as the manifest says");

    Files.delete(shard);
    assertThatThrownBy(this::open)
        .hasMessageContaining("found no such file, expected one, as the manifest says");

    // A whole file of other rows in its place.
    Path other = shards.resolve(manifest.shards(Split.TRAIN).get(0).file());
    Files.copy(other, shard);
    String json = Files.readString(shards.resolve("manifest.json"));
    ShardEntry entry = manifest.shards(Split.TRAIN).get(1);
    rewriteManifest(
        json.replace("\"bytes\" : " + entry.bytes(), "\"bytes\" : " + Files.size(other)));
    assertThatThrownBy(this::readAll)
        .hasStackTraceContaining(
            "found content with hash "
                + manifest.shards(Split.TRAIN).get(0).contentHash()
                + ", expected "
                + entry.contentHash()
                + " as the manifest says");
  }

  @Test
  void manifestsThatAreNotWholeAreRefused() throws Exception {
    assertThatThrownBy(this::open)
        .hasMessageContaining(
            "found no manifest.json, expected a shard set that prepare published");
    prepare(IMAGES, settings(Normalization.UNIT));
    String json = Files.readString(shards.resolve("manifest.json"));
    rewriteManifest(json.substring(0, json.length() / 2));
    assertRefused("expected a manifest of format version 2");
    rewriteManifest(json.replace("\"formatVersion\" : 2", "\"formatVersion\" : 1"));
    assertRefused(
        "found format version 1, expected a manifest of format version 2. Prepare the shards again.");
    rewriteManifest(json.replace("\"rows\" : 160", "\"rows\" : 161"));
    assertRefused("found files of 483 rows for split train, which counts 480, expected a manifest");
    rewriteManifest(json.replaceFirst("\"imagesHash\" : \"", "\"imagesHash\" : \"0"));
    assertRefused("found content with fingerprint");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessageContaining(message);
  }

  private void rewriteManifest(String json) throws IOException {
    Files.deleteIfExists(shards.resolve(".manifest.json.crc"));
    Files.writeString(shards.resolve("manifest.json"), json);
  }

  private void readAll() throws IOException {
    open().examples(context(), Split.TRAIN).count();
  }

  private ShardSet open() throws IOException {
    return ShardSet.open(new org.apache.hadoop.fs.Path(shards.toUri()), new Configuration());
  }

  private static PrepareSettings settings(Normalization normalization) {
    return new PrepareSettings(3, 0.2, 0.1, 0.01, normalization, 1, 50_000, 10_000);
  }

  private Prepared prepare(ImageSource images, PrepareSettings settings) throws Exception {
    return job(images, settings, ExistingShards.KEEP).execute();
  }

  private PrepareJob job(ImageSource images, PrepareSettings settings, ExistingShards existing) {
    return new PrepareJob(
        JobSession.of(session),
        images,
        settings,
        new org.apache.hadoop.fs.Path(shards.toUri()),
        existing,
        new Phases(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
  }

  private static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** Every file below the shard set with its time of change. */
  private List<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(shards)) {
      List<String> tree = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        tree.add(file + " " + Files.getLastModifiedTime(file));
      }
      return tree;
    }
  }

  private static void assertNothingElseIn(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      assertThat(children.map(child -> child.getFileName().toString())).containsExactly("shards");
    }
  }

  private static List<String> rows(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          row.add(result.getString(column));
        }
        rows.add(String.join(",", row));
      }
    }
    return rows;
  }

  /** Images of which one cannot be read. */
  private record FailingAt(int id) implements ImageSource {
    @Override
    public DataSet dataSet() {
      return IMAGES.dataSet();
    }

    @Override
    public int trainingImages() {
      return IMAGES.trainingImages();
    }

    @Override
    public int testImages() {
      return IMAGES.testImages();
    }

    @Override
    public List<SourceFile> read(ImageConsumer consumer) throws IOException {
      return IMAGES.read(
          image -> {
            if (image.id() == id) {
              throw JobException.data(
                  "Cannot read images: found damage at " + id + ", expected none.");
            }
            consumer.accept(image);
          });
    }
  }
}

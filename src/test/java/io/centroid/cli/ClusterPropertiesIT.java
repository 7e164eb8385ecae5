package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.Kryo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.serializer.KryoRegistrator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spark's properties as clusters set them, for their own reasons: what is prepared, trained and
 * scored stays the same, or one line says which of them is in the way.
 */
final class ClusterPropertiesIT {
  private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";
  private static final String JAVA = "org.apache.spark.serializer.JavaSerializer";

  /** Each line is a property that must not matter. */
  private static final String HARMLESS =
      """
      spark.serializer=org.apache.spark.serializer.JavaSerializer
      spark.kryo.registrator=io.centroid.cli.ClusterPropertiesIT$Registrator
      spark.kryo.registrationRequired=true
      spark.kryo.unsafe=true
      spark.kryo.referenceTracking=false
      spark.kryoserializer.buffer.max=64k
      spark.task.cpus=2
      spark.io.encryption.enabled=true
      spark.authenticate=true spark.network.crypto.enabled=true
      spark.driver.maxResultSize=2m
      spark.scheduler.mode=FAIR
      spark.sql.ansi.enabled=true
      spark.speculation=true
      spark.dynamicAllocation.enabled=true
      spark.shuffle.service.enabled=true
      spark.rdd.compress=true
      spark.broadcast.compress=true
      spark.shuffle.compress=false
      spark.io.compression.codec=zstd
      spark.sql.caseSensitive=true
      spark.sql.session.timeZone=Asia/Kathmandu
      spark.sql.shuffle.partitions=1
      spark.default.parallelism=1
      spark.default.parallelism=64
      spark.sql.files.maxPartitionBytes=1k
      spark.sql.parquet.compression.codec=zstd
      spark.sql.sources.default=csv
      spark.sql.sources.useV1SourceList=
      spark.sql.sources.partitionOverwriteMode=dynamic
      spark.sql.catalogImplementation=hive
      spark.sql.extensions=no.such.Extensions
      spark.sql.adaptive.enabled=false
      spark.sql.codegen.wholeStage=false
      spark.sql.legacy.timeParserPolicy=LEGACY
      spark.sql.legacy.setCommandRejectsSparkCoreConfs=false
      spark.sql.execution.arrow.pyspark.enabled=true
      spark.hadoop.mapreduce.output.fileoutputformat.compress=true
      spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs=false
      spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version=2
      spark.hadoop.parquet.summary.metadata.level=ALL
      spark.rpc.message.maxSize=1
      spark.locality.wait=0
      spark.memory.storageFraction=0
      spark.task.maxFailures=1
      spark.eventLog.enabled=true
      """;

  /** What has no part in "all of them at once". */
  private static final Set<String> ALONE =
      Set.of("spark.dynamicAllocation.enabled", "spark.default.parallelism=1");

  @TempDir private static Path directory;
  private static Results expected;
  private static int runs;

  /**
   * What a cluster must not change.
   *
   * @param shards their fingerprint
   * @param parameters their hash
   * @param scores every row of the table
   */
  private record Results(String shards, String parameters, List<String> scores) {}

  /** As a cluster's own one: knows nothing of this program. */
  public static final class Registrator implements KryoRegistrator {
    @Override
    public void registerClasses(Kryo kryo) {
      kryo.register(BitSet.class);
    }
  }

  @BeforeAll
  static void withoutAny() throws Exception {
    expected = results(Map.of());
    assertThat(expected.scores()).hasSize(100).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {KRYO, JAVA})
  void allAtOnceGiveTheSame(String serializer) throws Exception {
    Map<String, String> all = new HashMap<>();
    harmless()
        .filter(property -> !ALONE.contains(property))
        .forEach(property -> put(all, property));
    all.put("spark.serializer", serializer);
    all.put("spark.eventLog.dir", directory.resolve("events/of " + serializer).toString());
    assertThat(results(all)).isEqualTo(expected);
    assertThat(directory.resolve("events/of " + serializer)).isNotEmptyDirectory();
  }

  @ParameterizedTest
  @Tag("fault")
  @MethodSource("harmless")
  void eachGivesTheSame(String property) throws Exception {
    Map<String, String> one = new HashMap<>();
    put(one, property);
    assertThat(results(one)).isEqualTo(expected);
  }

  /** One line; in what it says {} is the property. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.extraListeners=no.such.Listener | : found {}.*ClassNotFoundException: no.such.Listener",
        "spark.plugins=no.such.Plugin | : found {}.*ClassNotFoundException: no.such.Plugin",
        "spark.serializer=no.such.Serializer | : found {}.*ClassNotFoundException: no.such.Serializer",
        "spark.shuffle.manager=no.such.Manager | : found {}.*ClassNotFoundException: no.such.Manager",
        "spark.kryoserializer.buffer.max=3g | : found {}.*must be less than 2048 MiB",
        "spark.io.compression.codec=gzip | : found {} .*gzip",
        "spark.scheduler.mode=ROUND | : found {} .*ROUND",
        "spark.task.cpus=two | : found {} .*two",
        "spark.memory.fraction=some | : found {} .*some",
        "spark.driver.maxResultSize=everything | : found {}.*Size must be specified",
        "spark.rpc.message.maxSize=4096 | : found {}.*2047",
        "spark.local.dir=/proc/none | : found {}",
        "spark.eventLog.dir=/proc/none spark.eventLog.enabled=true | : found spark.eventLog.dir=/proc/none",
        "spark.task.cpus=4 | number of cpus per task = 4",
        "spark.excludeOnFailure.enabled=true spark.task.maxFailures=1 | found spark.task.maxFailures=1 .spark.excludeOnFailure.",
        "spark.driver.maxResultSize=1k | {}",
        "spark.kryo.registrator=no.such.Registrator | no.such.Registrator",
        "spark.kryo.classesToRegister=no.such.Class | no.such.Class",
        "spark.driver.bindAddress=203.0.113.1 | found no address of this machine to listen at",
        "spark.driver.host=under_score | found a name of this machine that no URL can have",
      })
  void whatIsInTheWayIsOneLine(String property, String said) throws Exception {
    Map<String, String> spark = new HashMap<>();
    put(spark, property);
    Path runs = Files.createTempDirectory(directory, "refused").resolve("runs");
    CommandLineRun refused =
        CommandLineRun.of(spark, train(directory.resolve("run-1/shards"), runs));
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("centroid: Cannot ")
        .containsPattern(said.replace("{}", Pattern.quote(property)))
        .hasLineCount(1);
    assertThat(runs)
        .satisfiesAnyOf(
            none -> assertThat(none).doesNotExist(), none -> assertThat(none).isEmptyDirectory());
  }

  private static Stream<String> harmless() {
    return HARMLESS.lines();
  }

  private static void put(Map<String, String> properties, String property) {
    for (String one : property.split(" ", -1)) {
      int equals = one.indexOf('=');
      properties.put(one.substring(0, equals), one.substring(equals + 1));
    }
  }

  private static String[] prepare(Path shards) {
    return CommandLine.of("prepare", "--stand-in", "--shards", shards)
        .set(
            "prepare.stand-in.training-images=300",
            "prepare.stand-in.test-images=100",
            "prepare.shards=2")
        .toArray();
  }

  private static String[] train(Path shards, Path runs) {
    return CommandLine.of("train", "--shards", shards, "--runs", runs)
        .set(
            "training.epochs=1",
            "training.workers=3",
            "averaging.fan-in=2",
            "network.hidden-widths=[16]")
        .toArray();
  }

  /** Of all three jobs, with a broadcast down and a tree of sums up. */
  private static Results results(Map<String, String> spark) throws Exception {
    Path home = Files.createDirectories(directory.resolve("run-" + ++runs));
    done(spark, prepare(home.resolve("shards")));
    done(spark, train(home.resolve("shards"), home.resolve("runs")));
    Path run;
    try (Stream<Path> published = Files.list(home.resolve("runs"))) {
      run =
          published.filter(path -> Files.exists(path.resolve("_SUCCESS"))).findAny().orElseThrow();
    }
    done(
        spark,
        CommandLine.of("score", "--model", run, "--shards", home.resolve("shards"))
            .with("--split", "test", "--output", home.resolve("scores"))
            .toArray());
    JsonNode manifest = new ObjectMapper().readTree(home.resolve("shards/manifest.json").toFile());
    JsonNode outcome = new ObjectMapper().readTree(run.resolve("outcome.json").toFile());
    return new Results(
        manifest.get("fingerprint").asText(),
        outcome.get("parametersSha256").asText(),
        rows(home.resolve("scores")));
  }

  private static void done(Map<String, String> spark, String... arguments) {
    CommandLineRun run = CommandLineRun.of(spark, arguments);
    assertThat(run.exitCode()).as(run.toString()).isZero();
  }

  private static List<String> rows(Path scores) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "select scores::varchar from read_parquet('%s/part-*') scores order by id"
                    .formatted(scores))) {
      while (found.next()) {
        rows.add(found.getString(1));
      }
    }
    return rows;
  }
}

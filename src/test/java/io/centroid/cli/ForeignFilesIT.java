package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.StandInRuns;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs, models and shard sets that others made, or changed: one line and exit code 3, or no harm.
 */
final class ForeignFilesIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;

  /** Each record in every way that it can be wrong, for every command that reads it. */
  @ParameterizedTest
  @CsvSource({
    "outcome.json, report compare runs gate promote",
    "metrics.json, report compare gate",
    "history.json, report compare",
    "pictures.json, report",
    "provenance.json, report compare runs",
    "predictions.csv, compare gate",
    "gate.json, promote"
  })
  void aRecordIsReadOrRefused(String name, String readers) throws IOException {
    Path good = StandInRuns.ready().copyGood(directory);
    Path worse = StandInRuns.ready().copyWorse(directory);
    Path models = directory.resolve("models");
    CommandLine.of("gate", "--run", good, "--models", models).done();
    if (!name.equals("gate.json")) { // which is not read of what is current
      CommandLine.of("promote", "--run", good, "--models", models).done();
    }
    Map<String, CommandLine> commands =
        Map.of(
            "report", CommandLine.of("report", good),
            "compare",
                CommandLine.of(
                    "compare", good, worse, "--output", directory.resolve("compare.html")),
            "runs", CommandLine.of("runs", directory),
            "gate", CommandLine.of("gate", "--run", good, "--models", models),
            "promote", CommandLine.of("promote", "--run", good, "--models", models));
    Path record = good.resolve(name);
    String original = Files.readString(record);
    int refused = 0;
    for (String hostile : hostile(original, name.endsWith(".json"))) {
      for (String reader : readers.split(" ")) {
        replace(record, hostile);
        CommandLineRun run = CommandLineRun.of(commands.get(reader).toArray());
        if (run.exitCode() != FailureCategory.BLOCKED.exitCode()) {
          assertHarmless(run, "%s of %s: %.100s".formatted(reader, name, hostile));
          refused += run.exitCode() == 0 ? 0 : 1;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aModelThatIsNotTheOneThatWasPublishedIsRefused() throws IOException {
    Path run = StandInRuns.ready().copyGood(directory);
    Path model = run.resolve("model.zip");
    byte[] bytes = Files.readAllBytes(model);
    Path other = StandInRuns.ready().copyWorse(directory).resolve("model.zip");
    Files.copy(other, model, StandardCopyOption.REPLACE_EXISTING);
    Path shards = StandInRuns.ready().shards();
    for (Path named : List.of(run, model)) {
      CommandLineRun evaluated =
          CommandLineRun.of("evaluate", "--model", named.toString(), "--shards", shards.toString());
      assertThat(evaluated.exitCode()).as(evaluated.err()).isEqualTo(3);
      assertThat(evaluated.err())
          .startsWith("centroid: Cannot use file:" + model)
          .contains(" that was published there. Get a whole copy.");
    }
    Files.write(model, bytes);
    CommandLine.of("evaluate", "--model", run, "--shards", shards).done();
    // Elsewhere nothing says what it should be.
    Path alone = Files.copy(other, directory.resolve("alone.zip"));
    CommandLine.of("evaluate", "--model", alone, "--shards", shards).done();
    Files.write(alone, Arrays.copyOf(bytes, bytes.length / 2));
    assertHarmless(
        CommandLineRun.of(
            "score",
            "--model",
            alone.toString(),
            "--shards",
            shards.toString(),
            "--output",
            directory.resolve("scores").toString()),
        "half a model");
  }

  @Test
  void aManifestIsReadOrRefused() throws IOException {
    Path shards = directory.resolve("shards");
    FileUtils.copyDirectory(StandInRuns.ready().shards().toFile(), shards.toFile());
    String original = Files.readString(shards.resolve("manifest.json"));
    for (String hostile : hostile(original, true)) {
      try {
        open(shards, hostile);
      } catch (JobException e) {
        assertThat(e.category()).as("%.100s", hostile).isEqualTo(FailureCategory.DATA);
      }
    }
    assertThat(fingerprinted(original)).isEqualTo(original);
    for (String[] change :
        new String[][] {
          {"split=[a-z]+/part-0+.parquet", "../shards/manifest.json"},
          {"split=[a-z]+/part-0+.parquet", "/etc/passwd"},
          {"split=[a-z]+/part-0+.parquet", "hdfs://other/x"},
          {"split=[a-z]+/part-0+.parquet", "split=test/.."},
          {"split=[a-z]+/part-0+.parquet", ""},
          {"\"rows\" : \\d+", "\"rows\" : -1"},
          {"\"rows\" : \\d+", "\"rows\" : 9007199254740993"},
          {"\"examples\" : \\d+", "\"examples\" : 2147483648"},
          {"\"airplane\"", "\"\\\\u001b[2J\""},
        }) {
      String hostile = fingerprinted(original.replaceFirst(change[0], change[1]));
      assertThat(hostile).isNotEqualTo(original);
      assertThatThrownBy(() -> open(shards, hostile))
          .as(change[1])
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
          .hasMessageContaining("expected a manifest of format version 2");
    }
  }

  /**
   * Replaces a file's content; its checksum beside it would not match any more. Some file systems
   * wait for the disk when a file is overwritten, but not for a new one.
   */
  private static void replace(Path file, String content) throws IOException {
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.deleteIfExists(file);
    Files.writeString(file, content);
  }

  private static void open(Path shards, String manifest) throws IOException {
    replace(shards.resolve("manifest.json"), manifest);
    ShardSet.open(new org.apache.hadoop.fs.Path(shards.toUri()), new Configuration(false));
  }

  /** With the fingerprint that its content has, as whoever makes one up would. */
  private static String fingerprinted(String manifest) throws IOException {
    ObjectNode tree = (ObjectNode) MAPPER.readTree(manifest);
    String own = tree.get("fingerprint").asText();
    tree.put("fingerprint", "");
    tree.putArray("sources");
    tree.get("shards").forEach(shard -> ((ObjectNode) shard).put("bytes", 0));
    return manifest.replace(own, DigestUtils.sha256Hex(Json.write(tree)));
  }

  private static void assertHarmless(CommandLineRun run, String what) {
    assertThat(run.exitCode()).as("%s%n%s", what, run.err()).isIn(0, 3);
    if (run.exitCode() != 0) {
      assertThat(run.err()).as(what).startsWith("centroid: Cannot ").hasLineCount(1);
      assertThat(run.err().length()).as(what).isLessThan(1500);
    }
  }

  private static List<String> hostile(String original, boolean json) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "",
                "\u0000\u001b[2J",
                "null",
                "[]",
                "{}",
                "[null]",
                "3",
                original.substring(0, original.length() / 2),
                original + original,
                original.substring(0, original.length() - 2),
                "[".repeat(300_000),
                "{\"a\":".repeat(300_000),
                "9".repeat(1_000_000),
                "x,".repeat(500_000)));
    if (json) {
      JsonNode tree = MAPPER.readTree(original);
      JsonNode first = tree.isArray() ? tree.get(0) : tree;
      List<String> names = new ArrayList<>();
      first.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        for (String value : List.of("null", "\"text\"", "-1", "[]", "{}")) {
          ObjectNode changed = first.deepCopy();
          changed.set(name, MAPPER.readTree(value));
          all.add(inPlaceOf(tree, changed));
        }
        ObjectNode fewer = first.deepCopy();
        fewer.remove(name);
        all.add(inPlaceOf(tree, fewer));
      }
    } else {
      all.add(original.replace("id,", "identity,"));
      all.add(original.replace(",0.", ",many."));
      all.add(original.replace("\n5", "\n9999999999999999999"));
      all.add(original + "1,2,3\n");
    }
    return all;
  }

  private static String inPlaceOf(JsonNode tree, ObjectNode changed) {
    if (!tree.isArray()) {
      return changed.toString();
    }
    ArrayNode all = tree.deepCopy();
    all.set(0, changed);
    return all.toString();
  }
}

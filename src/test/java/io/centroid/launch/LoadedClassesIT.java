package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.OwnJvm;
import io.centroid.cli.Centroid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/security.md says that no class is loaded of, from the images to the report. */
final class LoadedClassesIT {
  private static final Path PAGE =
      Path.of(System.getProperty("centroid.home", "."), "docs/security.md");

  private static final Map<String, String> PACKAGES =
      Map.of(
          "org.yaml:snakeyaml", "org.nd4j.shade.yaml.",
          "com.fasterxml.woodstox:woodstox-core", "org.nd4j.shade.wstx.",
          "com.google.code.gson:gson", "com.google.gson.",
          "commons-net:commons-net", "org.apache.commons.net.");

  /** Deeplearning4j's own averaging, where it is. */
  private static final String ENGINE =
      org.apache.spark.package$.MODULE$.SPARK_VERSION().startsWith("3.") ? "stock" : "centroid";

  private static final Pattern ROW =
      Pattern.compile("\\| `(?<artifact>[^`]+)` .*\\| not reached: no class of it is loaded \\|");

  @TempDir private Path directory;

  @Test
  void noneIsOfALibraryThatIsNotReached() throws Exception {
    assertThat(
            Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> row.group("artifact")))
        .containsExactlyInAnyOrderElementsOf(PACKAGES.keySet());
    Path shards = directory.resolve("shards");
    Path runs = directory.resolve("runs");
    Path run = directory.resolve("outcome.json");
    Path models = directory.resolve("models");
    List<String> loaded = new ArrayList<>();
    loaded.addAll(
        loadedBy(
            CommandLine.of("prepare", "--stand-in", "--shards", shards)
                .set(
                    "prepare.stand-in.training-images=600",
                    "prepare.stand-in.test-images=300",
                    "prepare.shards=2")
                .with("--and", "train", "--shards", shards, "--runs", directory.resolve("stock"))
                .set(
                    "training.epochs=1", "network.hidden-widths=[20]", "averaging.engine=" + ENGINE)
                .with("--and", "train", "--shards", shards, "--runs", runs, "--outcome", run)
                .set("training.epochs=1", "network.hidden-widths=[20]")));
    loaded.addAll(
        loadedBy(
            CommandLine.of("gate", "--run", run, "--models", models)
                .set("gate.minimum-accuracy=0")
                .with("--and", "promote", "--run", run, "--models", models)
                .with("--and", "score", "--model", models.resolve("cifar-10"))
                .with("--shards", shards, "--output", directory.resolve("scores"))
                .with(
                    "--format",
                    "csv",
                    "--and",
                    "runs",
                    runs,
                    "--and",
                    "models",
                    "--models",
                    models)));
    assertThat(loaded)
        .anyMatch(name -> name.startsWith("org.nd4j.shade.jackson."))
        .anyMatch(name -> name.startsWith("org.nd4j.shade.protobuf."));
    assertThat(loaded)
        .noneMatch(name -> PACKAGES.values().stream().anyMatch(prefix -> name.startsWith(prefix)));
  }

  /** Names of the classes that a JVM loads for these commands. */
  private List<String> loadedBy(CommandLine commands) throws Exception {
    Path log = Files.createTempFile(directory, "classes", ".txt");
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder = OwnJvm.of(Centroid.class, CommandLineRun.SPARK, commands.list());
    builder.command().add(1, "-Xlog:class+load:file=" + log + "::filecount=0");
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().put("SPARK_LOCAL_DIRS", directory.resolve("spark").toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    return names(log);
  }

  private static List<String> names(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .map(line -> line.replaceFirst("^(\\[[^\\]]*\\])+ ", "").split(" ")[0])
          .collect(Collectors.toList());
    }
  }
}

package io.centroid.launch;

import static java.awt.image.BufferedImage.TYPE_INT_RGB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.centroid.CommandLine;
import io.centroid.StandInRuns;
import io.centroid.StandInShards;
import io.centroid.picture.ImageSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launch scripts on machines whose name, user or directories are not as usual. */
final class MachineIT {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  private static final Map<String, String> LOOPBACK = Map.of("SPARK_LOCAL_IP", "127.0.0.1");

  @TempDir private Path directory;

  private record Run(int exitCode, String output) {}

  @Test
  void anAddressOfAnotherMachineIsOneLine() throws Exception {
    assertRefused(
        prepare(Map.of("SPARK_LOCAL_IP", "203.0.113.1")),
        "Cannot start Spark: found no address of this machine to listen at",
        "Set SPARK_LOCAL_IP, to 127.0.0.1 where all runs on this machine");
  }

  @Test
  void aNameThatCannotBeLookedUpIsOneLine() throws Exception {
    assertRefused(
        prepare(Map.of(), named("nosuchhost-xyz")),
        "Cannot start Spark: found no address for nosuchhost-xyz, the name of this machine",
        "SPARK_LOCAL_IP");
  }

  /** All digits are an address, but not of this machine. */
  @Test
  @Tag("fault")
  void aNameThatIsAnAddressElsewhereIsOneLine() throws Exception {
    assertRefused(
        prepare(Map.of(), named("12345")),
        "Cannot start Spark: found no address of this machine to listen at",
        "SPARK_LOCAL_IP");
  }

  /** The locks that are named after the machine included. */
  @ParameterizedTest
  @ValueSource(strings = {"nosuchhost-xyz", "12345"})
  @Tag("fault")
  void withAnAddressTheNameDoesNotMatter(String name) throws Exception {
    CommandLine commands =
        CommandLine.of(preparing())
            .with("--and", "train", "--shards", directory.resolve("shards"))
            .with("--runs", directory.resolve("runs"))
            .set("training.epochs=1", "network.hidden-widths=[10]");
    Run trained = start(LOOPBACK, named(name), commands.toArray());
    assertThat(trained.exitCode()).as(trained.output()).isZero();
    Path run;
    try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
      run = runs.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    CommandLine scoring =
        CommandLine.of("score", "--model", run, "--shards", directory.resolve("shards"))
            .with("--output", directory.resolve("scores"));
    Run scored = start(LOOPBACK, named(name), scoring.toArray());
    assertThat(scored.exitCode()).as(scored.output()).isZero();
  }

  /** Somebody who may not look everywhere gets a row with the reason for what is left out. */
  @Test
  void whatTheUserMayNotReadIsInTheTable() throws Exception {
    List<String> somebody = withoutReadingAll();
    Path model = StandInRuns.ready().copyGood(directory.resolve("runs"));
    Path images = Files.createDirectories(directory.resolve("images"));
    for (String name : List.of("open.png", "closed.png", "directory/inside.png")) {
      Path image = images.resolve(name);
      Files.createDirectories(image.getParent());
      Files.write(image, ImageSamples.encoded(ImageSamples.noise(32, 32, TYPE_INT_RGB), "png"));
    }
    List<Path> closed = List.of(images.resolve("closed.png"), images.resolve("directory"));
    for (Path path : closed) {
      Files.setPosixFilePermissions(path, Set.of());
    }
    CommandLine scoring =
        CommandLine.of("score", "--master", "local[2]", "--driver-memory", "1g")
            .with("--model", model, "--images", images, "--format", "csv")
            .with("--output", directory.resolve("scores"));
    Run scored = start(LOOPBACK, somebody, scoring.toArray());
    assertThat(scored.exitCode()).as(scored.output()).isZero();
    List<String> rows = new ArrayList<>();
    try (Stream<Path> parts = Files.list(directory.resolve("scores"))) {
      for (Path part : parts.filter(file -> file.toString().endsWith(".csv")).toList()) {
        rows.addAll(Files.readAllLines(part));
      }
    }
    assertThat(rows.stream().filter(row -> row.startsWith("open.png,"))).hasSize(1);
    for (Path path : closed) {
      assertThat(rows.stream().filter(row -> row.startsWith(path.getFileName() + ",")))
          .singleElement()
          .asString()
          .containsIgnoringCase("permission");
    }
  }

  @Test
  void whatTheUserMayNotReadBesideTheClassesIsLeftOut() throws Exception {
    List<String> somebody = withoutReadingAll();
    Path pictures = directory.resolve("pictures");
    for (int i = 0; i < 40; i++) {
      Path picture = pictures.resolve(i % 2 == 0 ? "cats" : "dogs").resolve(i + ".png");
      Files.createDirectories(picture.getParent());
      Files.write(picture, ImageSamples.encoded(ImageSamples.noise(8, 8, TYPE_INT_RGB), "png"));
    }
    Path closed = Files.createDirectory(pictures.resolve("private"));
    Files.setPosixFilePermissions(closed, Set.of());
    Run prepared =
        start(
            LOOPBACK,
            somebody,
            CommandLine.of("prepare", "--master", "local[2]", "--driver-memory", "1g")
                .with("--data", pictures, "--shards", directory.resolve("shards"))
                .toArray());
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    assertThat(prepared.output()).contains("private").contains("permission");
  }

  private static List<String> withoutReadingAll() throws Exception {
    String readAll = "-dac_override,-dac_read_search"; // what lets root read what is closed to it
    List<String> somebody = List.of("setpriv", "--bounding-set", readAll, "--inh-caps", readAll);
    assumeAllowed(somebody);
    return somebody;
  }

  @Test
  void aUserWithoutANameIsOneLine() throws Exception {
    List<String> nobody =
        List.of("setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups");
    assumeAllowed(nobody);
    List<String> homeless = new ArrayList<>(nobody);
    homeless.addAll(List.of("env", "-u", "HOME"));
    for (List<String> as : List.of(nobody, homeless)) {
      assertRefused(
          prepare(LOOPBACK, as), "Cannot start as user 12345: found no name for it", "/etc/passwd");
    }
  }

  @Test
  void whereTheWorkingDirectoryCannotBeWrittenTheLogGoesElsewhere() throws Exception {
    Path work = Files.createDirectories(directory.resolve("work"));
    // In a mount namespace of its own, where not even root can write there.
    List<String> readOnly =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && cd \"$0\" && exec \"$@\"",
            work.toString());
    assumeAllowed(readOnly);
    Map<String, String> environment =
        Map.of("SPARK_LOCAL_IP", "127.0.0.1", "TMPDIR", directory.toString());
    Run prepared = prepare(environment, readOnly);
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    assertThat(prepared.output())
        .startsWith("centroid: The log is " + directory.resolve("centroid-"))
        .doesNotContain("ERROR", "\tat ");
    assertThat(work).isEmptyDirectory();
    Run refused = start(Map.of("CENTROID_LOG", "log"), readOnly, "runs", "runs");
    assertRefused(refused, "Cannot write the log: found no way to write log, expected");
  }

  private static List<String> named(String host) throws Exception {
    List<String> named =
        List.of("unshare", "--uts", "sh", "-c", "hostname \"$0\" && exec \"$@\"", host);
    assumeAllowed(named);
    return named;
  }

  private static void assumeAllowed(List<String> prefix) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      int exitCode = new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
      assumeThat(exitCode).as("the right to do " + prefix).isZero();
    } catch (IOException e) {
      assumeThat(e).as("there is a program " + prefix.get(0)).isNull();
    }
  }

  private static void assertRefused(Run run, String... parts) {
    assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
    assertThat(
            run.output()
                .lines()
                .filter(line -> !line.matches("(Building|Archiving) .*|.* [0-9.]+ s")))
        .singleElement()
        .asString()
        .startsWith("centroid: ")
        .contains(parts);
  }

  private Run prepare(Map<String, String> environment) throws Exception {
    return prepare(environment, List.of());
  }

  private Run prepare(Map<String, String> environment, List<String> prefix) throws Exception {
    return start(environment, prefix, preparing());
  }

  private String[] preparing() {
    return CommandLine.of("prepare", "--master", "local[2]", "--driver-memory", "1g")
        .with("--spark-conf", "spark.ui.enabled=false")
        .with(StandInShards.arguments(directory.resolve("shards").toString(), 1))
        .toArray();
  }

  private Run start(Map<String, String> environment, List<String> prefix, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(HOME.resolve("submit/centroid.sh").toString());
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    for (String name : List.of("SPARK_HOME", "SPARK_LOCAL_IP", "CENTROID_LOG")) {
      builder.environment().remove(name);
    }
    builder.environment().put("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Run(exitCode, Files.readString(output));
  }
}

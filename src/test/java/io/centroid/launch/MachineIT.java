package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.centroid.CommandLine;
import io.centroid.StandInShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    Run prepared = prepare(LOOPBACK, named(name));
    assertThat(prepared.exitCode()).as(prepared.output()).isZero();
    assertThat(directory.resolve("shards/manifest.json")).exists();
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
    assertThat(run.output()).contains(parts).containsOnlyOnce("centroid: ").doesNotContain("\tat ");
  }

  private Run prepare(Map<String, String> environment) throws Exception {
    return prepare(environment, List.of());
  }

  private Run prepare(Map<String, String> environment, List<String> prefix) throws Exception {
    CommandLine arguments =
        CommandLine.of("prepare", "--master", "local[2]", "--driver-memory", "1g")
            .with("--spark-conf", "spark.ui.enabled=false")
            .with(StandInShards.arguments(directory.resolve("shards").toString(), 1));
    return start(environment, prefix, arguments.toArray());
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

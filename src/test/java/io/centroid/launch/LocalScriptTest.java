package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code submit/local.sh} does with what the user says, beside a Spark that only tells its
 * arguments.
 */
final class LocalScriptTest {
  private static final Path REPOSITORY =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  @TempDir private Path directory;
  private Path work;

  private record Run(int exitCode, String output) {
    /** The arguments of the steps, each as one line. */
    List<String> steps() {
      return output.lines().filter(line -> line.startsWith("step:")).toList();
    }
  }

  @BeforeEach
  void aCopyWithASparkThatOnlyTells() throws IOException {
    work = Files.createDirectories(directory.resolve("work"));
    for (String file : List.of("submit/launch.sh", "submit/local.sh", "conf/spark-defaults.conf")) {
      Path copy = directory.resolve("home").resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(REPOSITORY.resolve(file), copy);
    }
    Path jar = directory.resolve("home/target/centroid-0.1.0-spark-3.5_2.12-job.jar");
    Files.createDirectories(jar.getParent());
    Files.createFile(jar);
    Path spark = directory.resolve("spark");
    Files.createDirectories(spark.resolve("jars"));
    Files.createFile(spark.resolve("jars/spark-core_2.12-3.5.9.jar"));
    Path submit = Files.createDirectories(spark.resolve("bin")).resolve("spark-submit");
    Files.write(
        submit,
        List.of(
            "#!/usr/bin/env bash",
            "printf 'step:'; for word; do",
            "  case $word in prepare | train) told=1 ;; esac",
            "  [ -z \"${told:-}\" ] || printf ' %s' \"$word\"",
            "done; echo",
            "case \" $* \" in *' --download '*) exit \"${DOWNLOAD_EXIT:-0}\" ;; esac"));
    assertThat(submit.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void pathsAreOfThisMachineUnlessTheySayOtherwise() throws Exception {
    Run run = run(Map.of(), "--data", "my data/a.tar.gz", "--runs", "/runs", "--shards", "../s");
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.steps())
        .containsExactly(
            "step: prepare --data file:%1$s/my data/a.tar.gz --shards file:%1$s/../s --and train --shards file:%1$s/../s --runs file:/runs"
                .formatted(work));
    assertThat(run(Map.of(), "--data", "hdfs://host:8020/data", "--shards", "s3a://b/s").steps())
        .first()
        .isEqualTo(
            "step: prepare --data hdfs://host:8020/data --shards s3a://b/s --and train --shards s3a://b/s --runs file:%s/runs"
                .formatted(work));
    assertThat(run(Map.of(), "--data", "a:b").steps())
        .first()
        .asString()
        .startsWith("step: prepare --data file:%s/a:b ".formatted(work));
  }

  @Test
  void optionsAreWrittenAsPeopleWriteThem() throws Exception {
    Run run =
        run(
            Map.of(),
            "--data=my data",
            "--set=training.epochs=3",
            "--driver-memory=5g",
            "--conf=spark.ui.enabled=true",
            "--master",
            "local[1]");
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.steps())
        .containsExactly(
            "step: prepare --data file:%1$s/my data --shards file:%1$s/shards --set training.epochs=3 --and train --shards file:%1$s/shards --runs file:%1$s/runs --set training.epochs=3"
                .formatted(work));
    Run refused = run(Map.of(), "--dta=x");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.output())
        .isEqualTo("centroid: Cannot read arguments: found --dta. Try submit/local.sh --help.\n");
  }

  @Test
  void downloadsFromAMirror() throws Exception {
    assertThat(run(Map.of(), "--site", "https://mirror/").steps())
        .first()
        .isEqualTo(
            "step: prepare --download --cache %s/.cache/centroid --site https://mirror/ --shards file:%s/shards"
                .formatted(directory, work));
    for (String other : List.of("--stand-in", "--data=x")) {
      List<String> arguments = new ArrayList<>(List.of("--site", "https://mirror/"));
      arguments.addAll(List.of(other.split("=", -1)));
      Run refused = run(Map.of(), arguments.toArray(String[]::new));
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.output()).startsWith("centroid: Cannot read arguments: found --site and");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "8"})
  void fallsBackToStandInDataWhenNothingCame(String code) throws Exception {
    Run run = run(Map.of("DOWNLOAD_EXIT", code));
    assertThat(run.exitCode()).isZero();
    assertThat(run.output()).contains("Going on with STAND-IN DATA, NOT CIFAR-10");
    assertThat(run.steps())
        .hasSize(2)
        .last()
        .isEqualTo(
            "step: prepare --stand-in --shards file:%1$s/shards-stand-in --and train --shards file:%1$s/shards-stand-in --runs file:%1$s/runs"
                .formatted(work));
  }

  @Test
  void keepsWhatCameOfADownloadAndEndsWithIt() throws Exception {
    for (String name : List.of("cifar-10-binary.tar.gz.part", "cifar-10-python.tar.gz")) {
      Path cache = Files.createDirectories(directory.resolve(name + "-cache"));
      Files.createFile(Files.createDirectory(cache.resolve("centroid")).resolve(name));
      Run run = run(Map.of("DOWNLOAD_EXIT", "8", "XDG_CACHE_HOME", cache.toString()));
      assertThat(run.exitCode()).isEqualTo(8);
      assertThat(run.steps()).hasSize(1);
      assertThat(run.output()).doesNotContain("STAND-IN");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "6", "7", "143"})
  void whatIsNotTheDownloadsFaultEndsIt(String code) throws Exception {
    Run run = run(Map.of("DOWNLOAD_EXIT", code));
    assertThat(run.exitCode()).isEqualTo(Integer.parseInt(code));
    assertThat(run.steps()).hasSize(1);
  }

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(directory.resolve("home/submit/local.sh").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("XDG.*|SPARK.*|CENTROID.*"));
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", directory.resolve("spark").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }
}

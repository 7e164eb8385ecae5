package io.centroid.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launch scripts for clusters, with {@code --dry-run}. */
final class ClusterScriptsTest {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();
  private static final Map<String, String> IMAGE = Map.of("CENTROID_IMAGE", "example.org/c:1");

  @TempDir private Path directory;

  private record Run(int exitCode, String output) {}

  @Test
  void optionsOfSparkGoBeforeTheJarAndTheOthersAfterIt() throws Exception {
    List<String> words =
        words(
            "standalone.sh",
            Map.of(),
            "--dry-run",
            "train",
            "--shards",
            "hdfs:///shards",
            "--master",
            "spark://host:7077",
            "--executor-memory",
            "2g",
            "--packages",
            "org.apache.hadoop:hadoop-aws:3.3.4",
            "--set",
            "training.workers=8");
    int jar = indexOfJar(words);
    assertThat(words.subList(0, jar))
        .containsSubsequence("--master", "spark://host:7077")
        .containsSubsequence("--executor-memory", "2g")
        .containsSubsequence("--packages", "org.apache.hadoop:hadoop-aws:3.3.4")
        .containsSubsequence("--class", "io.centroid.cli.Centroid")
        .contains("OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1");
    assertThat(words.subList(0, jar).stream().filter("--master"::equals)).hasSize(1);
    assertThat(words.subList(jar + 1, words.size()))
        .containsExactly("train", "--shards", "hdfs:///shards", "--set", "training.workers=8");
  }

  /** A shell that reads the line gets the same words again. */
  @Test
  void theLineCanBePasted() throws Exception {
    List<String> words =
        words(
            "yarn.sh",
            Map.of(),
            "prepare",
            "--dry-run",
            "--data",
            "/a b/it's $HOME;*.tar.gz",
            "--event-log=hdfs:///event logs",
            "--spark-conf",
            "spark.app.name=two words");
    assertThat(words)
        .containsSubsequence("--master", "yarn")
        .containsSubsequence("--conf", "spark.eventLog.enabled=true")
        .containsSubsequence("--conf", "spark.eventLog.dir=hdfs:///event logs")
        .containsSubsequence("--conf", "spark.app.name=two words")
        .endsWith("prepare", "--data", "/a b/it's $HOME;*.tar.gz");
  }

  @Test
  void inClusterModeTheDriverHasOneNativeThreadAndTheScriptWaits() throws Exception {
    assertThat(words("yarn.sh", Map.of(), "train", "--deploy-mode", "cluster", "--dry-run"))
        .contains(
            "spark.yarn.appMasterEnv.OMP_NUM_THREADS=1",
            "spark.yarn.appMasterEnv.OPENBLAS_NUM_THREADS=1",
            "spark.yarn.appMasterEnv.LC_ALL=C.UTF-8",
            "spark.yarn.maxAppAttempts=1",
            "spark.yarn.submit.waitAppCompletion=true");
    assertThat(words("yarn.sh", Map.of(), "train", "--dry-run"))
        .noneMatch(word -> word.startsWith("spark.yarn."));
    String[] standalone = {
      "train", "--master", "spark://host:1", "--deploy-mode", "cluster", "--dry-run"
    };
    assertThat(words("standalone.sh", Map.of("CENTROID_JAR", "hdfs:///job.jar"), standalone))
        .contains("spark.standalone.submit.waitAppCompletion=true", "hdfs:///job.jar");
    String[] kubernetes = {
      "train",
      "--master",
      "k8s://https://host",
      "--deploy-mode",
      "cluster",
      "--exit-status-dir",
      "s3a://bucket/exit-status",
      "--dry-run"
    };
    assertThat(words("kubernetes.sh", IMAGE, kubernetes))
        .contains(
            "spark.kubernetes.container.image=example.org/c:1",
            "spark.kubernetes.driverEnv.OMP_NUM_THREADS=1",
            "spark.kubernetes.driverEnv.LC_ALL=C.UTF-8",
            "local:///opt/centroid/centroid-job.jar")
        .as("the driver's user has no home directory")
        .anyMatch(word -> word.startsWith("spark.jars.ivy=/tmp/"))
        .anyMatch(
            word ->
                word.startsWith(
                    "spark.centroid.exitStatusFile=s3a://bucket/exit-status/exit-status-"));
  }

  /** A pod's own files are gone with it, and the script would end with 1 in the end. */
  @Test
  void onKubernetesTheExitCodeNeedsAPlaceThatBothReach() throws Exception {
    String[] arguments = {"train", "--master", "k8s://https://host", "--deploy-mode", "cluster"};
    refused(
        IMAGE,
        "found no --exit-status-dir, expected one that driver and this machine can both reach",
        "kubernetes.sh",
        arguments);
    refused(
        IMAGE,
        "found --exit-status-dir here, expected one that",
        "kubernetes.sh",
        Stream.concat(Stream.of(arguments), Stream.of("--exit-status-dir", "here"))
            .toArray(String[]::new));
    assertThat(
            words("kubernetes.sh", IMAGE, "train", "--master", "k8s://https://host", "--dry-run"))
        .noneMatch(word -> word.contains("exitStatusFile"));
  }

  @Test
  void whatChoosesTheKernelsOfOpenBlasHoldsOnTheClusterToo() throws Exception {
    Map<String, String> environment =
        Map.of("OPENBLAS_CORETYPE", "Haswell", "OPENBLAS_NUM_THREADS", "8");
    assertThat(words("yarn.sh", environment, "train", "--deploy-mode", "cluster", "--dry-run"))
        .contains(
            "spark.executorEnv.OPENBLAS_CORETYPE=Haswell",
            "spark.yarn.appMasterEnv.OPENBLAS_CORETYPE=Haswell",
            "spark.yarn.appMasterEnv.OPENBLAS_NUM_THREADS=1");
    assertThat(words("yarn.sh", environment, "train", "--dry-run"))
        .contains("spark.executorEnv.OPENBLAS_CORETYPE=Haswell")
        .noneMatch(word -> word.startsWith("spark.yarn."));
  }

  @Test
  void inClusterModeTheProgramLeavesItsExitCodeInAFileOfItsOwn() throws Exception {
    String[] arguments = {"train", "--deploy-mode", "cluster", "--dry-run"};
    String file = exitStatusFile(words("yarn.sh", Map.of(), arguments));
    assertThat(file).startsWith(".centroid/exit-status-");
    assertThat(exitStatusFile(words("yarn.sh", Map.of(), arguments))).isNotEqualTo(file);
    List<String> standalone =
        words(
            "standalone.sh",
            Map.of(),
            "train",
            "--master",
            "spark://host:1",
            "--deploy-mode",
            "cluster",
            "--exit-status-dir",
            "hdfs:///exit status",
            "--dry-run");
    assertThat(exitStatusFile(standalone)).startsWith("hdfs:///exit status/exit-status-");
    assertThat(standalone.subList(indexOfJar(standalone) + 1, standalone.size()))
        .containsExactly("train");
    assertThat(words("yarn.sh", Map.of(), "train", "--dry-run"))
        .noneMatch(word -> word.contains("exitStatusFile"));
  }

  private static String exitStatusFile(List<String> words) {
    String property = "spark.centroid.exitStatusFile=";
    return words.stream()
        .filter(word -> word.startsWith(property))
        .reduce(
            (first, second) -> {
              throw new AssertionError("two: " + words);
            })
        .orElseThrow()
        .substring(property.length());
  }

  /** spark-submit takes the last one of a property. */
  @Test
  void whatTheUserSaysComesLast() throws Exception {
    assertThat(
            words(
                "yarn.sh",
                Map.of(),
                "train",
                "--deploy-mode",
                "cluster",
                "--dry-run",
                "--spark-conf",
                "spark.yarn.maxAppAttempts=3"))
        .containsSubsequence("spark.yarn.maxAppAttempts=1", "spark.yarn.maxAppAttempts=3");
  }

  /** A driver on another machine has no file of this one. */
  @Test
  void inClusterModeSettingsFilesAreSentByValue() throws Exception {
    Path here = Files.writeString(directory.resolve("a b.conf"), "training.epochs = 3\n");
    String[] files = {
      "train",
      "--conf",
      here.toString(),
      "--conf=" + here,
      "--conf",
      "/opt/image.conf",
      "--conf",
      "hdfs:///shared.conf",
      "--set",
      "a=b",
      "--dry-run"
    };
    String content = Base64.getEncoder().encodeToString("training.epochs = 3\n".getBytes(UTF_8));
    String sent = "data:;name=a_b.conf;base64," + content;
    List<String> words =
        words("yarn.sh", Map.of(), with(files, "--deploy-mode", "cluster").toArray(String[]::new));
    assertThat(words.subList(indexOfJar(words) + 1, words.size()))
        .containsExactly(
            "train",
            "--conf",
            sent,
            "--conf=" + sent,
            "--conf",
            "/opt/image.conf",
            "--conf",
            "hdfs:///shared.conf",
            "--set",
            "a=b");
    assertThat(words("yarn.sh", Map.of(), files)).contains(here.toString(), "--conf=" + here);
    String[] cluster = {"train", "--deploy-mode", "cluster", "--conf"};
    Files.copy(here, directory.resolve("c:d.conf"));
    String script = HOME.resolve("submit/yarn.sh").toString();
    List<String> there = List.of("bash", "-c", "cd \"$0\" && exec \"$@\"", directory.toString());
    List<String> relative = with(cluster, "c:d.conf", "--dry-run");
    assertThat(
            run(
                    Map.of(),
                    Stream.of(there, List.of(script), relative).flatMap(List::stream).toList())
                .output())
        .contains("name=c_d.conf");
    refused(
        "Cannot read settings nowhere.conf: found no readable file, expected one here, or a path that every machine sees.",
        "yarn.sh",
        with(cluster, "nowhere.conf", "--dry-run").toArray(String[]::new));
    Path including = Files.writeString(directory.resolve("i.conf"), "  include \"best.conf\"\n");
    refused(
        "found an include, expected one file that has everything",
        "yarn.sh",
        with(cluster, including.toString(), "--dry-run").toArray(String[]::new));
  }

  private static List<String> with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toList();
  }

  @Test
  void whatIsMissingIsOneLineAndExitCode2() throws Exception {
    refused("found no --master, expected one that begins with spark://", "standalone.sh", "train");
    refused("found no --master, expected one that begins with k8s://", "kubernetes.sh", "train");
    refused("found no CENTROID_IMAGE", "kubernetes.sh", "train", "--master", "k8s://https://host");
    refused("found --master local[2], expected", "yarn.sh", "train", "--master", "local[2]");
    refused(
        "found --deploy-mode clutser, expected", "yarn.sh", "train", "--deploy-mode", "clutser");
    refused("found no arguments, expected a subcommand first", "yarn.sh");
    refused("found --shards, expected a subcommand first", "yarn.sh", "--shards", "x", "train");
    refused(
        "found --master nonsense, expected local", "centroid.sh", "train", "--master", "nonsense");
    refused(
        "found --deploy-mode cluster, expected client.",
        "centroid.sh",
        "train",
        "--deploy-mode=cluster");
    refused("found neither HADOOP_CONF_DIR nor", "train.sh", "--master", "yarn");
    refused("found neither HADOOP_CONF_DIR nor YARN_CONF_DIR, expected", "yarn.sh", "train");
    refused(
        IMAGE,
        "found no Kubernetes in the Spark that Maven fetches, expected a Spark distribution",
        "kubernetes.sh",
        "train",
        "--master",
        "k8s://https://host");
    refused("found --queue without a value", "yarn.sh", "train", "--queue");
    refused("found --event-log without a value", "yarn.sh", "train", "--event-log");
    refused("found --exit-status-dir without a value", "yarn.sh", "train", "--exit-status-dir");
  }

  private static void refused(String message, String script, String... arguments)
      throws IOException, InterruptedException {
    refused(Map.of(), message, script, arguments);
  }

  private static void refused(
      Map<String, String> environment, String message, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("submit/" + script).toString()));
    command.addAll(Arrays.asList(arguments));
    Run run = run(environment, command);
    assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
    assertThat(run.output()).startsWith("centroid: Cannot ").contains(message).hasLineCount(1);
  }

  /** The words of the command that a script prints, as a shell reads them. */
  private static List<String> words(
      String script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("submit/" + script).toString()));
    command.addAll(Arrays.asList(arguments));
    Run printed = run(environment, command);
    assertThat(printed.exitCode()).as(printed.output()).isZero();
    assertThat(printed.output()).hasLineCount(1);
    Run read = run(Map.of(), List.of("bash", "-c", "printf '%s\\n' " + printed.output().strip()));
    return read.output().lines().toList();
  }

  private static int indexOfJar(List<String> words) {
    return words.indexOf("io.centroid.cli.Centroid") + 1;
  }

  private static Run run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    for (String name :
        List.of(
            "SPARK_HOME",
            "HADOOP_CONF_DIR",
            "YARN_CONF_DIR",
            "CENTROID_IMAGE",
            "CENTROID_JAR",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS")) {
      builder.environment().remove(name);
    }
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), output);
  }
}

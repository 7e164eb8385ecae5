package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When the launch scripts build what, and what they hand over: a copy of them beside a Maven that
 * only makes empty jars and a Spark that only tells its arguments.
 */
final class LaunchScriptsTest {
  private static final Path REPOSITORY =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  /** What the scripts call, but for Maven and Java. */
  private static final List<String> TOOLS =
      List.of(
          "base64",
          "bash",
          "basename",
          "cat",
          "cut",
          "date",
          "dirname",
          "env",
          "find",
          "flock",
          "getent",
          "grep",
          "head",
          "id",
          "locale",
          "lscpu",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "setsid",
          "sleep",
          "sort",
          "tail",
          "tee",
          "timeout",
          "touch",
          "tr");

  private static final String JOB = "target/centroid-0.1.0-spark-3.5_2.12-job.jar";
  private static final String BENCHMARK = "target/centroid-0.1.0-spark-3.5_2.12-benchmark.jar";
  private static final String SPARK_4_JOB = "target/spark-4/centroid-0.1.0-spark-4_2.13-job.jar";
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private Path home;
  private Path tools;

  private record Run(int exitCode, String output) {}

  @BeforeEach
  void aCloneWithoutWhatMavenMakes() throws IOException {
    home = Files.createDirectories(directory.resolve("my home"));
    tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : TOOLS) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(place -> Path.of(place, tool))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow(() -> new AssertionError("no " + tool));
      Files.createSymbolicLink(tools.resolve(tool), found);
    }
    Files.createDirectories(home.resolve("submit"));
    for (String script :
        List.of(
            "submit/launch.sh",
            "submit/centroid.sh",
            "submit/local.sh",
            "submit/yarn.sh",
            "submit/standalone.sh",
            "submit/kubernetes.sh",
            "submit/train.sh",
            "data-prep/prepare.sh",
            "submit/benchmark.sh",
            "submit/cluster-local.sh",
            "submit/pipeline.sh",
            "conf/spark-defaults.conf")) {
      Files.createDirectories(home.resolve(script).getParent());
      Files.copy(REPOSITORY.resolve(script), home.resolve(script));
    }
    for (String source : List.of("pom.xml", "src/main/A.java", "src/benchmark/B.java")) {
      Files.createDirectories(home.resolve(source).getParent());
      Files.writeString(home.resolve(source), "");
    }
    makeOld("");
    program(
        "mvn",
        "[ \"$MAVEN_OPTS\" = ' -Djansi.noreset=true' ] || exit 1",
        "echo \"mvn $*\" >>'%s'".formatted(directory.resolve("maven.log")),
        "cd '%s' && mkdir -p target/runtime/jars".formatted(home),
        "case \" $* \" in",
        "  *' -Dspark4 package '*) mkdir -p target/spark-4/runtime/jars && touch "
            + SPARK_4_JOB
            + " ;;",
        "  *dependency:copy@hadoop-runtime*) mkdir -p target/runtime/hadoop ;;",
        "  *' -Dmaven.test.skip '*) touch " + JOB + " ;;",
        "  *) touch " + JOB + " " + BENCHMARK + " ;;",
        "esac");
    program("spark-submit", "printf '%s\\n' \"$@\"");
    Files.createDirectories(directory.resolve("spark/bin"));
    Files.move(tools.resolve("spark-submit"), directory.resolve("spark/bin/spark-submit"));
    install(directory.resolve("spark"), "2.12-3.5.9");
    program("java", "exit 1");
    java("17.0.18");
  }

  private static void install(Path spark, String versions) throws IOException {
    Files.createDirectories(spark.resolve("jars"));
    Files.writeString(spark.resolve("jars/spark-core_" + versions + ".jar"), "");
  }

  /** Makes the Java on the PATH say that it is of this version. */
  private void java(String version) throws IOException {
    Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"25.0.1", "21", "11.0.2", "1.8.0_392", "170"})
  void anotherJavaIsRefusedByName(String version) throws Exception {
    java(version);
    Run refused = run("centroid.sh", "train");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.output())
        .isEqualTo(
            "centroid: Cannot start Java: found version %s in %s, expected 17. Set JAVA_HOME to a JDK 17.\n",
            version, directory);
    assertThat(directory.resolve("maven.log")).doesNotExist();
    Files.delete(tools.resolve("java"));
    assertThat(run("centroid.sh", "train").output())
        .isEqualTo(
            "centroid: Cannot start Java: found no java, expected a JDK 17. Install one, or set JAVA_HOME to it.\n");
  }

  /** As JAVA_TOOL_OPTIONS and others make it do. */
  @Test
  void aTalkativeJavaIsUnderstood() throws Exception {
    Files.delete(directory.resolve("release"));
    program(
        "java",
        "echo 'Picked up JAVA_TOOL_OPTIONS: -Xlog:gc' >&2",
        "echo '[0.004s][info][gc] Using G1'",
        "case \"$*\" in",
        "  *-version*) echo '    java.version = 17.0.18' >&2 ;;",
        "  *launcher.Main*) printf '\\0\\nwords\\0--set\\0\\0a b\\0'; echo bye ;;",
        "esac");
    program("words", "printf '%s|' \"$@\"");
    Run run = run((Path) null, "centroid.sh", "train");
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output()).endsWith("\n--set||a b|");
  }

  /** Once, and again where the jars are newer; none beside a cluster's configuration. */
  @Test
  void classesAreSharedFromAnArchive() throws Exception {
    program(
        "java",
        "case \"$*\" in",
        "  *launcher.Main*) printf '\\0\\nwords\\0train\\0' ;;",
        "  *) printf 'directly %s\\n' \"$*\" ;;",
        "esac");
    program(
        "words",
        "case $1 in -XX:ArchiveClassesAtExit=*) echo classes >\"${1#*=}\" ;; esac",
        "printf '%s|' \"$@\"");
    Path archive = home.resolve("target/runtime/classes-17.0.18.jsa");
    String shared = "-XX:SharedArchiveFile=%s|-Xlog:cds*=off|train|".formatted(archive);
    String archiving = "Archiving Spark's classes for faster starts (once) ...";
    assertThat(run((Path) null, "centroid.sh", "train").output())
        .contains(archiving)
        .endsWith("\n" + shared);
    assertThat(run((Path) null, "centroid.sh", "train").output()).isEqualTo(shared);
    assertThat(run((Path) null, "centroid.sh", "runs", "a b").output())
        .startsWith("directly -XX:SharedArchiveFile=" + archive)
        .endsWith(
            "/target/runtime/jars/*:" + home.resolve(JOB) + " io.centroid.cli.Centroid runs a b\n");
    for (String asked : List.of("--spark-conf spark.x=y", "--and train")) {
      String[] words = ("runs r " + asked).split(" ");
      assertThat(run((Path) null, "centroid.sh", words).output()).isEqualTo(shared);
    }
    List<String> beside =
        List.of("env", "HADOOP_CONF_DIR=" + directory, script("centroid.sh"), "train");
    assertThat(run((Path) null, beside).output()).isEqualTo("train|");

    // In a JVM that changes classes from its start one that is mapped ends it.
    for (String tool : List.of("-XX:StartFlightRecording=filename=r.jfr", "-javaagent:a.jar")) {
      program("java", "printf '\\0\\nwords\\0train\\0-Dx=y\\0%s\\0' '" + tool + "'");
      assertThat(run((Path) null, "centroid.sh", "train").output())
          .isEqualTo("train|-Dx=y|%s|", tool);
      program("java", "printf '\\0\\nwords\\0train\\0'");
      beside = List.of("env", "JAVA_TOOL_OPTIONS=-Dx=y " + tool, script("centroid.sh"), "train");
      assertThat(run((Path) null, beside).output()).isEqualTo("train|");
    }

    Files.setLastModifiedTime(archive, FileTime.from(LONG_AGO));
    program("words", "printf '%s|' \"$@\""); // leaves no archive
    assertThat(run((Path) null, "centroid.sh", "train").output()).isEqualTo(archiving + "\ntrain|");
    assertThat(archive).isEmptyFile();
    assertThat(run((Path) null, "centroid.sh", "train").output()).isEqualTo("train|");
  }

  @Test
  void aSparkHomeThatIsNoneOrAnotherSparkIsRefusedByName() throws Exception {
    Path nowhere = directory.resolve("nowhere");
    assertRefused(
        nowhere, "found none in SPARK_HOME=" + nowhere + ", expected a Spark 3.5 or 4.0 to 4.2.");
    for (String versions :
        List.of("2.12-3.4.1", "2.13-3.5.1", "2.13-4.3.0", "2.12-3.50.1", "2.13-4.20.0")) {
      Path other = directory.resolve("other-" + versions);
      Files.createDirectories(other.resolve("bin"));
      Files.copy(directory.resolve("spark/bin/spark-submit"), other.resolve("bin/spark-submit"));
      install(other, versions);
      String[] scalaAndSpark = versions.split("-");
      assertRefused(
          other,
          "found Spark %s for Scala %s in SPARK_HOME=%s, expected 3.5 for Scala 2.12, or 4.0 to 4.2 for Scala 2.13."
              .formatted(scalaAndSpark[1], scalaAndSpark[0], other));
    }
  }

  @Test
  void eachLineOfSparkHasItsOwnBuild() throws Exception {
    Path spark4 = directory.resolve("spark-4");
    Files.createDirectories(spark4.resolve("bin"));
    Files.copy(directory.resolve("spark/bin/spark-submit"), spark4.resolve("bin/spark-submit"));
    install(spark4, "2.13-4.0.5");
    for (int turn = 0; turn < 2; turn++) { // the second finds what the first has built
      assertThat(run(spark4, "centroid.sh", "train").output())
          .contains("\n" + home.resolve(SPARK_4_JOB) + "\n");
      assertThat(run("centroid.sh", "train").output()).contains("\n" + home.resolve(JOB) + "\n");
    }
    assertThat(builds())
        .containsExactly(jobBuild().replace(" package ", " -Dspark4 package "), jobBuild());

    List<String> asked = List.of("env", "CENTROID_SPARK=5", script("centroid.sh"), "train");
    assertThat(run((Path) null, asked))
        .isEqualTo(
            new Run(
                2,
                "centroid: Cannot choose a Spark: found CENTROID_SPARK=5, expected 3.5 or 4.\n"));
  }

  private void assertRefused(Path spark, String message) throws Exception {
    Run refused = run(spark, "centroid.sh", "train");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.output()).startsWith("centroid: Cannot start Spark: ").contains(message);
    assertThat(refused.output()).hasLineCount(1);
  }

  @Test
  void whatTheUserGaveWins() throws Exception {
    assertThat(options("train"))
        .containsSubsequence("--master", "local[*]")
        .containsSubsequence("--driver-memory", "3g");
    assertThat(options("train", "--spark-conf", "spark.master=spark://h:7077"))
        .containsSubsequence("--conf", "spark.master=spark://h:7077")
        .doesNotContain("--master");
    assertThat(options("train", "--conf", "spark.driver.memory=1g", "--master=local[2]"))
        .containsSubsequence("--conf", "spark.driver.memory=1g")
        .containsSubsequence("--master", "local[2]")
        .doesNotContain("--driver-memory", "local[*]");
    assertThat(options("train", "--conf=conf/best.conf", "--conf", "more.conf", "--set", "a=b"))
        .endsWith("train", "--conf=conf/best.conf", "--conf", "more.conf", "--set", "a=b");
    Run noProperties = run("centroid.sh", "train", "--properties-file", "nowhere.conf");
    assertThat(noProperties.exitCode()).isEqualTo(2);
    assertThat(noProperties.output())
        .startsWith("centroid: Cannot read Spark's properties: found no readable file nowhere.conf")
        .hasLineCount(1);
    Run incomplete = run("centroid.sh", "train", "--master");
    assertThat(incomplete.exitCode()).isEqualTo(2);
    assertThat(incomplete.output())
        .isEqualTo("centroid: Cannot read arguments: found --master without a value.\n");
  }

  @ParameterizedTest
  @CsvSource({
    "centroid.sh train --master --driver-memory 1g, found --master without a value",
    "centroid.sh train --spark-conf spark.x, 'found --spark-conf spark.x, expected'",
    "train.sh --driver-memory, found --driver-memory without a value",
    "../data-prep/prepare.sh --jars, found --jars without a value",
    "local.sh --verbose, found --verbose",
    "local.sh --x.password=abc, found --x.password.",
    "train.sh --spark-conf spark.x.password, 'found --spark-conf spark.x.password, expected'",
    "local.sh --data, found --data without a value",
    "benchmark.sh --verbose, found --verbose without a value",
    "cluster-local.sh --verbose, found --verbose",
    "cluster-local.sh up --verbose, found --verbose without a value",
    "cluster-local.sh up --verbose 1, found --verbose",
    "standalone.sh --verbose, 'found no --master, expected one'",
    "yarn.sh, 'found no arguments, expected a subcommand first'",
    "yarn.sh train --event-log, found --event-log without a value",
    "kubernetes.sh -x, 'found no --master, expected one'",
    "pipeline.sh --notify, found --notify without a value"
  })
  void whatCannotBeReadIsOneLine(String command, String message) throws Exception {
    String[] words = command.split(" ");
    Run refused = run(words[0], Arrays.copyOfRange(words, 1, words.length));
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
    assertThat(refused.output()).startsWith("centroid: Cannot ").contains(message).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yarn.sh",
        "standalone.sh",
        "kubernetes.sh",
        "benchmark.sh",
        "local.sh",
        "cluster-local.sh"
      })
  void helpNeedsNothing(String script) throws Exception {
    for (String flag : List.of("--help", "-h")) {
      Run help = run(directory.resolve("nowhere"), script, flag);
      assertThat(help.exitCode()).as(help.output()).isZero();
      assertThat(help.output()).contains("submit/" + script).doesNotContain("centroid: ");
    }
  }

  /** Errors of the system in English, and names of files in UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"", "POSIX", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "C.UTF-8"})
  void programsSpeakTheSameLanguageEverywhere(String language) throws Exception {
    Files.writeString(
        directory.resolve("spark/bin/spark-submit"),
        "#!/usr/bin/env bash\necho \"$LC_ALL ${LANGUAGE-none} $(locale charmap)\"\n");
    run("centroid.sh", "train"); // builds
    List<String> command =
        List.of(
            "env",
            "LANG=" + language,
            "LC_ALL=" + language,
            "LANGUAGE=tr:de",
            home.resolve("submit/centroid.sh").toString(),
            "train");
    Run run = run(directory.resolve("spark"), command);
    assertThat(run.output()).endsWith("C.UTF-8 none UTF-8\n");
  }

  @Test
  void secretsAreNotShown() throws Exception {
    Run shown =
        run(
            "yarn.sh",
            "--dry-run",
            "train",
            "--spark-conf",
            "spark.hadoop.fs.s3a.secret.key=hidden1 hidden2",
            "--conf=spark.authenticate.secret=hidden3",
            "--driver-java-options",
            "-Djavax.net.ssl.trustStorePassword=hidden4 -Dx=y",
            "--shards",
            "s3a://me:hidden5@bucket/shards");
    assertThat(shown.exitCode()).as(shown.output()).isZero();
    assertThat(shown.output())
        .contains("fs.s3a.secret.key=", "redacted", "-Dx=y", "@bucket/shards")
        .doesNotContain("hidden");
  }

  /** A log that two write to would be rotated by each under the other. */
  @Test
  void eachProcessHasItsLog() throws Exception {
    run("centroid.sh", "train"); // builds
    Files.writeString(
        directory.resolve("spark/bin/spark-submit"),
        """
        #!/usr/bin/env bash
        echo "$$ $CENTROID_LOG"
        [ $# -gt 20 ] || '%s' train 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
        """
            .formatted(home.resolve("submit/centroid.sh")));
    List<String> both = run("centroid.sh", "train").output().lines().toList();
    assertThat(both).hasSize(2);
    assertThat(both.get(0)).endsWith(" centroid.log");
    assertThat(both.get(1)).matches("(\\d+) centroid-\\1\\.log");
    assertThat(run("centroid.sh", "train").output())
        .as("it is free again")
        .contains(both.get(0).replaceAll(".* ", " "));
  }

  /** Whatever the end. */
  @ParameterizedTest
  @CsvSource({
    "exit 0, 0, '', ''",
    "echo 'centroid: Cannot x.' >&2; exit 2, 2, failed, Cannot x.",
    "echo 'centroid: Cannot y.' >&2; exit 5, 5, blocked, Cannot y.",
    "exit 6, 6, already-running, The pipeline ended with exit code 6.",
    "kill -9 $$, 137, failed, The pipeline was ended by signal 9. Run the same again to go on.",
    // As Ctrl-C and schedulers ask the script to end, and it what it started.
    "trap 'echo centroid: Ended. >&2; exit 7' TERM; kill -TERM $PPID; sleep 60 & wait; sleep 60, 7, interrupted, Ended."
  })
  void somebodyIsTold(String pipeline, int exitCode, String status, String message)
      throws Exception {
    run("centroid.sh", "train"); // builds
    Files.writeString(
        directory.resolve("spark/bin/spark-submit"), "#!/usr/bin/env bash\n" + pipeline + "\n");
    assertTold(run("pipeline.sh", toldTo()), exitCode, status, message);
  }

  /** Asked to end while Maven builds. */
  @Test
  void somebodyIsToldOfWhatHadNotBegun() throws Exception {
    program(
        "mvn",
        "group=$(cut -d' ' -f5 /proc/$$/stat)",
        "kill -TERM \"$(cut -d' ' -f4 \"/proc/$group/stat\")\"",
        "sleep 60");
    Run run = run("pipeline.sh", toldTo());
    assertThat(run.output()).doesNotContain("Cannot build");
    assertTold(
        run,
        7,
        "interrupted",
        "The pipeline was asked to end before it had begun. Run the same again.");
  }

  @Test
  void somebodyIsToldOfWhatCannotBeLaunched() throws Exception {
    Files.delete(tools.resolve("mvn"));
    assertTold(
        run("pipeline.sh", toldTo()),
        1,
        "failed",
        "Cannot build the job jar: found no mvn, expected Maven 3.8 or later on the PATH.");
    java("21");
    assertTold(
        run("pipeline.sh", toldTo()),
        2,
        "failed",
        "Cannot start Java: found version 21 in %s, expected 17. Set JAVA_HOME to a JDK 17."
            .formatted(directory));
    assertTold(
        run(directory.resolve("nowhere"), "pipeline.sh", toldTo()),
        2,
        "failed",
        "Cannot start Spark: found none in SPARK_HOME=%s, expected a Spark 3.5 or 4.0 to 4.2. Correct it, or unset it to use the Spark that Maven fetches."
            .formatted(directory.resolve("nowhere")));
    java("17.0.1");
    String[] incomplete = toldTo();
    incomplete[incomplete.length - 1] = "--master";
    assertTold(
        run("pipeline.sh", incomplete),
        2,
        "failed",
        "Cannot read arguments: found --master without a value.");
  }

  /** A quote in a name, and logs that cannot be written. */
  @Test
  void anOutcomeIsWrittenWhateverIsInIt() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Files.createDirectories(directory.resolve("work"));
    Files.writeString(directory.resolve("work/file"), "no directory");
    Run run =
        run(
            "pipeline.sh",
            "--name=a \"b\\",
            "--logs=file/logs",
            "--notify=false",
            "--notify",
            "printf '%s' \"$CENTROID_MODEL\" >told; cat <");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(directory.resolve("work/told")).hasContent("a \"b\\");
  }

  /** Of a minute only a second passes. */
  @ParameterizedTest
  @CsvSource({"exec sleep 1000, no end after 60 s", "trap '' TERM; sleep 1000, an end by SIGKILL"})
  void aHookThatDoesNotEndIsEnded(String hook, String found) throws Exception {
    Files.delete(tools.resolve("mvn"));
    Files.delete(tools.resolve("timeout"));
    program("timeout", "shift 3; exec /usr/bin/timeout -k 1 1 \"$@\"");
    Run run = run("pipeline.sh", "--notify", hook + "; :");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(run.output())
        .contains("Warning: cannot notify: found " + found + ", expected exit code 0. See ");
  }

  private String[] toldTo() {
    return new String[] {
      "--models",
      "models",
      "--notify",
      "printf '%s' \"$CENTROID_STATUS $CENTROID_EXIT_CODE $CENTROID_MESSAGE\" >told; cat >outcome <",
      "--stand-in",
      "--overwrite"
    };
  }

  private void assertTold(Run run, int exitCode, String status, String message) throws IOException {
    assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
    assertThat(run.output()).doesNotContain("Warning");
    Path told = directory.resolve("work/told");
    if (status.isEmpty()) { // it was not asked for anything
      assertThat(told).doesNotExist();
      return;
    }
    assertThat(run.output()).contains(exitCode == 6 ? "" : "centroid: " + message);
    assertThat(told).hasContent("%s %d %s".formatted(status, exitCode, message));
    JsonNode outcome = new ObjectMapper().readTree(directory.resolve("work/outcome").toFile());
    assertThat(outcome.get("status").asText()).isEqualTo(status);
    assertThat(outcome.get("exitCode").asInt()).isEqualTo(exitCode);
    assertThat(outcome.get("message").asText()).isEqualTo(message);
    assertThat(outcome.get("model").asText()).isEqualTo("cifar-10");
    assertThat(Instant.parse(outcome.get("finished").asText()))
        .isAfterOrEqualTo(Instant.parse(outcome.get("started").asText()));
    assertThat(outcome.get("steps")).isEmpty();
  }

  /** Ours only fill gaps. */
  @Test
  void theClustersOwnPropertiesCount() throws Exception {
    assertThat(options("train"))
        .containsSubsequence(
            "--properties-file", home.resolve("conf/spark-defaults.conf").toString());
    Path defaults = Files.createDirectories(directory.resolve("spark/conf"));
    Files.writeString(
        defaults.resolve("spark-defaults.conf"),
        """
        # spark.driver.memory 1g
          spark.master=yarn
        spark.authenticate : true
        spark.serializer   some.Other
        spark.metrics.conf.*.sink.prometheusServlet.path /p
        """);
    List<String> filled = options("train", "--conf", "spark.broadcast.compress=true");
    assertThat(filled)
        .doesNotContain("--properties-file", "--master")
        .containsSubsequence("--driver-memory", "3g")
        .containsSubsequence("--conf", "spark.task.maxDirectResultSize=64m")
        .anyMatch(word -> word.startsWith("spark.driver.extraJavaOptions=-XX:+UseParallelGC -XX:"))
        .contains("spark.broadcast.compress=true")
        .doesNotContain("spark.broadcast.compress=false", "spark.metrics.namespace")
        .noneMatch(
            word ->
                word.startsWith("spark.serializer")
                    || word.startsWith("spark.metrics.conf.*.sink.prometheusServlet.path"));

    Path own = Files.writeString(directory.resolve("own.conf"), "spark.driver.memory 1g\n");
    assertThat(options("train", "--properties-file", own.toString()))
        .containsSubsequence("--properties-file", own.toString())
        .containsSubsequence("--master", "local[*]")
        .doesNotContain("--driver-memory")
        .contains("spark.serializer=org.apache.spark.serializer.KryoSerializer");
    assertThat(run("local.sh", "--stand-in").output().lines())
        .as("local, whatever the cluster's properties say")
        .containsSubsequence("--master", "local[*]");
  }

  private List<String> options(String... arguments) throws Exception {
    Run run = run("centroid.sh", arguments);
    assertThat(run.exitCode()).as(run.output()).isZero();
    return run.output().lines().toList();
  }

  /** However a script is started. */
  @Test
  void scriptsFindTheirPlace() throws Exception {
    run("centroid.sh", "train"); // builds
    Path link = Files.createDirectories(directory.resolve("bin")).resolve("centroid");
    Files.createSymbolicLink(link, home.resolve("submit/centroid.sh"));
    Path relative = directory.resolve("bin/relative");
    Files.createSymbolicLink(relative, Path.of("centroid"));
    List<List<String>> starts =
        List.of(
            List.of(link.toString()),
            List.of(relative.toString()),
            List.of("sh", home.resolve("submit/centroid.sh").toString()),
            List.of("bash", "--posix", home.resolve("submit/centroid.sh").toString()),
            List.of("env", "POSIXLY_CORRECT=1", home.resolve("submit/centroid.sh").toString()),
            List.of("env", "SHELLOPTS=posix", home.resolve("submit/centroid.sh").toString()),
            List.of("env", "DEPLOY_MODE=production", home.resolve("submit/centroid.sh").toString()),
            List.of("bash", "-c", "cd .. && CDPATH=.:/ 'my home/submit/centroid.sh' \"$@\"", "-"));
    Files.createSymbolicLink(tools.resolve("sh"), Path.of("/bin/sh"));
    for (List<String> start : starts) {
      List<String> command = new ArrayList<>(start);
      command.addAll(List.of("train", "--set", "a b"));
      Run run = run(directory.resolve("spark"), command);
      assertThat(run.exitCode()).as(start + ": " + run.output()).isZero();
      assertThat(run.output()).endsWith(home.resolve(JOB) + "\ntrain\n--set\na b\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit/train.sh",
        "submit/local.sh",
        "submit/pipeline.sh",
        "submit/standalone.sh",
        "submit/yarn.sh",
        "submit/kubernetes.sh",
        "submit/benchmark.sh",
        "submit/cluster-local.sh",
        "data-prep/prepare.sh"
      })
  void everyScriptFindsItsPlace(String script) throws Exception {
    Files.createSymbolicLink(tools.resolve("sh"), Path.of("/bin/sh"));
    Path link = Files.createDirectories(directory.resolve("bin")).resolve("link");
    Path relative = Path.of("../my home").resolve(script);
    Files.createSymbolicLink(link, relative);
    for (List<String> start :
        List.of(List.of(link.toString()), List.of("sh", home.resolve(script).toString()))) {
      List<String> command = new ArrayList<>(start);
      command.add("--help");
      Run run = run(directory.resolve("spark"), command);
      assertThat(run.exitCode()).as(start + ": " + run.output()).isZero();
      assertThat(run.output()).isNotBlank().doesNotContain("centroid: ", "No such file");
    }
  }

  /** As on a machine where git makes the line ends of Windows. */
  @Test
  void aCheckoutHasTheLineEndsThatScriptsNeed() throws Exception {
    Path git = Path.of("/usr/bin/git");
    assumeTrue(Files.isExecutable(git), "git is installed");
    Files.createSymbolicLink(tools.resolve("git"), git);
    Files.copy(REPOSITORY.resolve(".gitattributes"), home.resolve(".gitattributes"));
    String commands =
        "cd '%s' && git init -q . && git -c core.safecrlf=false add . &&"
            + " git -c user.name=x -c user.email=x@y.z commit -q -m x && cd .. &&"
            + " git -c core.autocrlf=true -c core.eol=crlf clone -q 'my home' checkout";
    Run clone = run((Path) null, List.of("bash", "-c", commands.formatted(home)));
    assertThat(clone.exitCode()).as(clone.output()).isZero();
    for (String script : List.of("submit/launch.sh", "submit/train.sh", "data-prep/prepare.sh")) {
      assertThat(Files.readString(directory.resolve("checkout").resolve(script)))
          .doesNotContain("\r");
    }
  }

  /**
   * What reaches the same file systems as the program: steps of a pipeline, who reads how it ended.
   */
  @Test
  void processesBesideTheProgramGetTheSameOptions() throws Exception {
    List<String> options = new ArrayList<>();
    for (String option :
        List.of(
            "--principal me@REALM",
            "--keytab my.keytab",
            "--driver-class-path store.jar",
            "--driver-library-path native",
            "--jars more.jar",
            "--packages g:a:1",
            "--exclude-packages g:b",
            "--repositories https://repository",
            "--proxy-user her",
            "--conf spark.hadoop.fs.s3a.endpoint=here")) {
      options.addAll(List.of(option.split(" ")));
    }
    List<String> told =
        tellsOfAll(List.of(script("pipeline.sh"), "--data", "x", "--models", "m"), options);
    int program = told.indexOf("pipeline");
    assertThat(told.subList(0, program)).containsSubsequence(options);
    assertThat(told.subList(told.lastIndexOf("--"), told.size())).containsSubsequence(options);

    told =
        tellsOfAll(
            List.of(script("standalone.sh"), "train", "--deploy-mode", "cluster"),
            Stream.concat(Stream.of("--master", "spark://h:7077"), options.stream()).toList());
    int reader = told.indexOf("exit-status");
    assertThat(told.subList(0, told.indexOf("train"))).containsSubsequence(options);
    assertThat(told.subList(told.indexOf("train"), reader)).containsSubsequence(options);
  }

  /** The arguments of all programs that Spark is to start. */
  private List<String> tellsOfAll(List<String> command, List<String> options) throws Exception {
    List<String> all = new ArrayList<>(command);
    for (int i = 0; i < options.size(); i += 2) {
      boolean isProperty = options.get(i).equals("--conf");
      all.addAll(List.of(isProperty ? "--spark-conf" : options.get(i), options.get(i + 1)));
    }
    Run run = run(directory.resolve("spark"), all);
    assertThat(run.exitCode()).as(run.output()).isZero();
    return run.output().lines().toList();
  }

  @Test
  void theJobJarIsBuiltOnceAndAgainWhenASourceIsNewer() throws Exception {
    Run first = run("centroid.sh", "train");
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output())
        .contains("Building the job jar (once;")
        .endsWith(home.resolve(JOB) + "\ntrain\n");
    assertThat(run("centroid.sh", "train").output()).doesNotContain("Building");
    assertThat(builds()).containsExactly(jobBuild());

    for (String source : List.of("pom.xml", "src/main", "src/main/A.java")) {
      makeOld("target");
      Files.setLastModifiedTime(home.resolve(source), FileTime.from(LONG_AGO.plusSeconds(1)));
      assertThat(run("centroid.sh", "train").output())
          .contains("Building the job jar again: its sources are newer ...");
      assertThat(run("centroid.sh", "train").output()).doesNotContain("Building");
    }
    assertThat(builds()).hasSize(4).containsOnly(jobBuild());
    Files.setLastModifiedTime(home.resolve("src/benchmark"), FileTime.from(Instant.now()));
    assertThat(run("centroid.sh", "train").output()).doesNotContain("Building");
  }

  @Test
  void whereNothingCanBeBuiltTheJarThatThereIsServes() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Run none = run("centroid.sh", "train");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.output())
        .isEqualTo(
            "centroid: Cannot build the job jar: found no mvn, expected Maven 3.8 or later on the PATH.\n");

    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve(JOB), "");
    assertThat(run("centroid.sh", "train").output()).doesNotContain("centroid: ");
    makeOld("target");
    Files.setLastModifiedTime(home.resolve("pom.xml"), FileTime.from(Instant.now()));
    Run old = run("centroid.sh", "train");
    assertThat(old.exitCode()).isZero();
    assertThat(old.output())
        .startsWith(
            "centroid: The job jar is older than its sources and is used as it is: found no mvn.\n")
        .endsWith("train\n");
  }

  /** As in a release, or in an image. */
  @Test
  void withoutSourcesNoJarIsTooOld() throws Exception {
    Files.delete(home.resolve("pom.xml"));
    Run none = run("centroid.sh", "train");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.output())
        .startsWith("centroid: Cannot build the job jar: found no pom.xml in " + home)
        .hasLineCount(1);
    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve(JOB), "");
    makeOld("target");
    assertThat(run("centroid.sh", "train").output()).doesNotContain("centroid: ");
    assertThat(directory.resolve("maven.log")).doesNotExist();
  }

  /** Its JVM would lose its classes. */
  @Test
  void aPipelinesStepsDoNotBuild() throws Exception {
    Path pipelines = Files.createDirectories(directory.resolve("pipeline-spark/bin"));
    install(pipelines.getParent(), "2.12-3.5.9");
    Files.writeString(
        pipelines.resolve("spark-submit"),
        """
        #!/usr/bin/env bash
        touch '%s'
        SPARK_HOME='%s' exec '%s' train
        """
            .formatted(
                home.resolve("src/main/A.java"),
                directory.resolve("spark"),
                home.resolve("submit/centroid.sh")));
    makeExecutable(pipelines.resolve("spark-submit"));
    Run run = run(pipelines.getParent(), "pipeline.sh", "--data", "x");
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output()).endsWith(home.resolve(JOB) + "\ntrain\n");
    assertThat(builds()).containsExactly(jobBuild());
  }

  @Test
  void theBenchmarkHasAJarOfItsOwnAndRemovesNothing() throws Exception {
    Path work = Files.createDirectories(directory.resolve("work"));
    Path precious = Files.createDirectories(work.resolve("runs")).resolve("model.zip");
    Files.writeString(precious, "weights");
    Run all = run("benchmark.sh", "--data", "x", "--work", ".", "--master", "spark://host:7077");
    assertThat(all.exitCode()).as(all.output()).isZero();
    assertThat(precious).hasContent("weights");
    List<String> words = all.output().lines().toList();
    int step = words.indexOf("step");
    assertThat(words.subList(0, step))
        .endsWith(
            "--jars",
            home.resolve(JOB).toString(),
            "--class",
            "io.centroid.benchmark.Benchmark",
            home.resolve(BENCHMARK).toString())
        .containsSubsequence("--master", "spark://host:7077")
        .doesNotContain("local[2]");
    assertThat(words)
        .contains("averaging", "accuracy", "memory", "score")
        .containsSubsequence("train", "--shards", "./shards", "--runs");
    assertThat(words.get(words.lastIndexOf("--runs") + 1)).startsWith("./runs-20");

    Run one = run("benchmark.sh", "score", "--jars", "more.jar", "--repetitions", "3");
    assertThat(one.exitCode()).as(one.output()).isZero();
    assertThat(one.output())
        .contains("\n--jars\n" + home.resolve(JOB) + ",more.jar\n")
        .endsWith("\nscore\n--repetitions\n3\n");
    assertThat(builds()).hasSize(2).last().asString().contains("package -DskipTests");

    Run wrong = run("benchmark.sh", "--data", "x", "--wrok", "y");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.output()).startsWith("centroid: Cannot read arguments: found --wrok.");
    assertThat(run("benchmark.sh", "--help").output()).contains("--data", "--work");
  }

  @Test
  void aClusterInAFreshCloneGetsItsDirectoryAndItsHadoop() throws Exception {
    program("java", "echo no such class; exit 1");
    Run up = run("cluster-local.sh", "up");
    assertThat(up.exitCode()).as(up.output()).isEqualTo(1);
    assertThat(up.output())
        .contains("Building the job jar", "Fetching HDFS and YARN by Maven (once) ...")
        .contains("Cannot format HDFS: the NameNode failed, see " + home.resolve("target"));
    assertThat(home.resolve("target/cluster-local/namenode.log")).hasContent("no such class");
    assertThat(builds()).hasSize(2).last().asString().contains("dependency:copy@hadoop-runtime");

    Run master = run("cluster-local.sh", "up", "--datanodes", "0", "--directory", "there");
    assertThat(master.output()).contains("Cannot start master").doesNotContain("Fetching");
    assertThat(directory.resolve("work/there/master.log")).hasContent("no such class");
  }

  @Test
  void theClustersHelpIsThereBehindAnActionToo() throws Exception {
    Run help = run("cluster-local.sh", "up", "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.output()).startsWith("Usage: submit/cluster-local.sh up|status|down");
    assertThat(directory.resolve("maven.log")).doesNotExist();
    assertThat(run("cluster-local.sh", "status", "--directory", "nowhere").exitCode()).isEqualTo(1);
    assertThat(directory.resolve("work/nowhere")).doesNotExist();
  }

  private String jobBuild() {
    return "mvn -q -B -Dstyle.color=never -f %s package -Dmaven.test.skip -Dspotless.check.skip"
        .formatted(home.resolve("pom.xml"));
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(directory.resolve("maven.log"));
  }

  /** Gives all that is there a time long ago. */
  private void makeOld(String under) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve(under))) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
      }
    }
  }

  private void program(String name, String... lines) throws IOException {
    Path file = tools.resolve(name);
    Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
    makeExecutable(file);
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Run run(String script, String... arguments) throws IOException, InterruptedException {
    return run(directory.resolve("spark"), script, arguments);
  }

  private Run run(Path spark, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(script(script));
    command.addAll(List.of(arguments));
    return run(spark, command);
  }

  private String script(String name) {
    return home.resolve("submit").resolve(name).toString();
  }

  private Run run(Path spark, List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectories(directory.resolve("work")).toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("HOME", directory.toString());
    if (spark != null) {
      builder.environment().put("SPARK_HOME", spark.toString());
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }
}

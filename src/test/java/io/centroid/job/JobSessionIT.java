package io.centroid.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.Applications;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import io.centroid.error.JobException;
import io.centroid.train.CentroidKryoRegistrator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobSessionIT {
  private final Map<String, String> before = new HashMap<>();

  @TempDir Path directory;

  @BeforeEach
  void setProperties() {
    Applications.STARTED.set(0);
    Applications.ENDED.set(0);
    CommandLineRun.SPARK.forEach(this::set);
    set("spark.extraListeners", Applications.class.getName());
  }

  private void set(String name, String value) {
    before.putIfAbsent(name, System.getProperty(name, ""));
    System.setProperty(name, value);
  }

  @AfterEach
  void restoreProperties() {
    before.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private static JobSession session() {
    return JobSession.of(
        "test",
        CentroidKryoRegistrator.class,
        new Phases(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
  }

  @Test
  void whatIsOpenedMeanwhileIsTheSessionAndEndsWithTheJob() {
    SparkSession spark;
    try (JobSession session = session()) {
      session.openMeanwhile();
      session.openMeanwhile();
      spark = session.spark();
      assertThat(spark.sparkContext().isStopped()).isFalse();
    }
    assertThat(spark.sparkContext().isStopped()).isTrue();
    assertThat(Applications.STARTED).hasValue(1);

    try (JobSession session = session()) { // what needs none in the end, as after bad data
      session.openMeanwhile();
    }
    assertThat(Applications.STARTED).hasValue(2);
    assertThat(Applications.ENDED).hasValue(2);
  }

  @Test
  void aClusterIsNotAskedBeforeThereIsWork() {
    set("spark.master", "spark://127.0.0.1:1");
    try (JobSession session = session()) {
      session.openMeanwhile();
    }
    assertThat(Applications.STARTED).hasValue(0);
  }

  @Test
  void whyItCannotBeOpenedIsSaidWhereItIsNeeded() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    set("spark.local.dir", file.toString());
    String said = "Cannot start Spark: found spark.local.dir=" + file;
    try (JobSession session = session()) {
      session.openMeanwhile();
      assertThatThrownBy(session::spark)
          .isInstanceOf(JobException.class)
          .hasMessageStartingWith(said);
    }
    CommandLineRun run =
        CommandLineRun.of(
            CommandLine.of("prepare", "--stand-in", "--shards", directory.resolve("shards"))
                .set("prepare.stand-in.training-images=100", "prepare.stand-in.test-images=100")
                .toArray());
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).startsWith("centroid: " + said).hasLineCount(1);
  }

  /** Spark would copy it for executors, and it has more than 100 MB. */
  @Test
  void theJobsJarIsNotSentToItself() throws IOException {
    String own = SparkSessions.class.getProtectionDomain().getCodeSource().getLocation().toString();
    Path other = Files.createFile(directory.resolve("other.jar"));
    set("spark.jars", other.toUri() + "," + own);
    try (JobSession session = session()) {
      SparkContext context = session.spark().sparkContext();
      assertThat(ScalaCollections.list(context.listJars()))
          .singleElement()
          .asString()
          .endsWith("/other.jar");
    }
  }

  @Test
  void whereDataAreBadNothingIsLeftRunning() throws IOException {
    Path damaged = directory.resolve("cifar-10-binary.tar.gz");
    try (OutputStream archive = new GZIPOutputStream(Files.newOutputStream(damaged))) {
      archive.write(new byte[1 << 20]); // of nothing
    }
    Path shards = directory.resolve("shards");
    CommandLine prepare = CommandLine.of("prepare", "--data", damaged, "--shards", shards);
    CommandLineRun failed = CommandLineRun.of(prepare.toArray());
    assertThat(failed.exitCode()).as(failed.toString()).isEqualTo(3);
    assertThat(Applications.STARTED).hasValue(1);
    assertThat(Applications.ENDED).hasValue(1);

    CommandLineRun both =
        CommandLineRun.of(prepare.with("--and", "train", "--shards", shards).toArray());
    assertThat(both.exitCode()).as(both.toString()).isEqualTo(3);
    assertThat(Applications.STARTED).hasValue(2);
    assertThat(Applications.ENDED).hasValue(2);
  }
}

package io.centroid.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.checkpoint.CheckpointFileTest;
import io.centroid.checkpoint.Checkpoints;
import io.centroid.config.CheckpointSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Csv;
import io.centroid.publish.Lock;
import io.centroid.report.RunTable;
import io.centroid.run.RunSummary.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not finished in a directory of runs; of finished ones see {@code CompareIT}. */
final class RunListingTest {
  private static final String RUN = "0123456789ab";

  @TempDir private Path directory;
  private final Configuration hadoop = new Configuration(false);
  private final Phases phases =
      new Phases(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));

  @Test
  void aTrainingIsRunningAsLongAsItsLockIsHeldAndUnfinishedThereafter() throws IOException {
    save();
    try (Lock lock = lock()) {
      lock.check();
      RunSummary running = only();
      assertThat(running.status()).isEqualTo(Status.RUNNING);
      assertThat(running.epoch()).isEqualTo(3);
      assertThat(Instant.parse(running.started()))
          .isEqualTo(
              ProcessHandle.current()
                  .info()
                  .startInstant()
                  .orElseThrow()
                  .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    }
    RunSummary unfinished = only();
    assertThat(unfinished.run()).isEqualTo(RUN);
    assertThat(unfinished.status()).isEqualTo(Status.UNFINISHED);
    assertThat(unfinished.epoch()).isEqualTo(3);
    assertThat(unfinished.started()).isNull();
    assertThat(RunTable.render(List.of(unfinished)).lines().toList().get(1))
        .matches(RUN + "  [0-9-]+T[0-9:]+Z  - {13}3         -         -  unfinished");
  }

  @Test
  void aLockWithoutASignOfLifeIsNotHeld() throws IOException {
    Path claim = Files.createDirectories(directory.resolve("." + RUN + ".lock")).resolve("1.claim");
    Files.writeString(claim, "{\"token\": \"1\", \"holds\": true, \"boot\": \"another\"}");
    assertThat(only().status()).isEqualTo(Status.RUNNING);
    Files.setLastModifiedTime(claim, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
    RunSummary unfinished = only();
    assertThat(unfinished.status()).isEqualTo(Status.UNFINISHED);
    assertThat(unfinished.epoch()).isNull();
  }

  @Test
  void whatIsNoRunIsPassedOver() throws IOException {
    Files.writeString(directory.resolve(".cifar-10.lock"), "{}"); // of a model
    Files.writeString(directory.resolve(".." + RUN + ".in-progress.html.unfinished-1"), "{");
    Files.writeString(directory.resolve("notes.txt"), "");
    Files.createDirectories(directory.resolve(".hidden"));
    Files.createDirectories(directory.resolve("_temporary"));
    Files.createDirectories(directory.resolve("scores"));
    Files.writeString(directory.resolve("scores/_SUCCESS"), "");
    assertThat(list()).isEmpty();
    Files.createDirectories(directory.resolve("." + RUN + ".checkpoints"));
    Files.writeString(directory.resolve("." + RUN + ".checkpoints/.epoch-000009.unfinished"), "");
    assertThat(only().epoch()).isNull();
  }

  @Test
  void aDirectoryThatWasNotPublishedWholeIsDamaged() throws IOException {
    Files.createDirectories(directory.resolve(RUN));
    assertThat(only().problem()).isEqualTo("found no _SUCCESS");
    Files.writeString(directory.resolve(RUN).resolve("_SUCCESS"), "");
    RunSummary damaged = only();
    assertThat(damaged.status()).isEqualTo(Status.DAMAGED);
    assertThat(RunTable.render(List.of(damaged)))
        .endsWith("  damaged\n" + RUN + ": found no outcome.json\n");
  }

  @Test
  void noDirectoryIsAMistakeAndNoRunsAreAHeader() throws IOException {
    assertThatThrownBy(() -> RunListing.of(hadoopPath("nowhere"), hadoop))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessageStartingWith("Cannot list runs in file:")
        .hasMessageEndingWith(
            "nowhere: found no such directory, expected a directory that train wrote runs to.");
    Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> RunListing.of(hadoopPath("file"), hadoop))
        .hasMessageContaining("found a file");
    assertThat(Csv.write(RunSummary.class, list()))
        .isEqualTo(
            "run,status,started,finished,checkpointed,dataset,epoch,testAccuracy,imagesPerSecond,"
                + "problem,directory\n");
  }

  private void save() throws IOException {
    try (Lock lock = lock();
        Checkpoints checkpoints =
            Checkpoints.of(
                hadoopPath("." + RUN + ".checkpoints"),
                hadoop,
                new RunId(RUN),
                new CheckpointSettings(1, 2),
                lock,
                phases)) {
      checkpoints.save(CheckpointFileTest.checkpoint());
      checkpoints.await();
    }
  }

  private Lock lock() throws IOException {
    return Lock.take(Lock.beside(hadoopPath(RUN)), "run " + RUN, hadoop, phases);
  }

  private RunSummary only() throws IOException {
    List<RunSummary> runs = list();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private List<RunSummary> list() throws IOException {
    return RunListing.of(new org.apache.hadoop.fs.Path(directory.toUri()), hadoop);
  }

  private org.apache.hadoop.fs.Path hadoopPath(String name) {
    return new org.apache.hadoop.fs.Path(directory.resolve(name).toUri());
  }
}

package io.centroid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.average.TrainingPosition;
import io.centroid.compute.TrainingState;
import io.centroid.config.CheckpointSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.publish.Lock;
import io.centroid.run.RunId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointsTest {
  private static final RunId RUN = new RunId("0123456789ab");

  private static final TrainingState STATE =
      CheckpointFileTest.checkpoint().position().state().training();

  @TempDir private Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Phases phases = new Phases(new PrintStream(said, true, StandardCharsets.UTF_8));
  private final Configuration hadoop = new Configuration(false);

  /** A file system whose files cannot be read for the moment. */
  public static final class Unreadable extends LocalFileSystem {
    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize)
        throws IOException {
      if (file.getName().endsWith(".checkpoint")) {
        throw new IOException("connection reset by peer");
      }
      return super.open(file, bufferSize);
    }
  }

  @Test
  void theLastFewAreKept() throws IOException {
    try (Lock lock = lock();
        Checkpoints checkpoints = checkpoints(2, lock)) {
      for (int epoch = 8; epoch <= 11; epoch++) {
        checkpoints.save(of(epoch));
      }
      checkpoints.await();
      assertThat(newest(checkpoints)).isEqualTo(11);
    }
    assertThat(files())
        .containsExactly(
            "epoch-000010-round-00000000.checkpoint", "epoch-000011-round-00000000.checkpoint");
  }

  /** The one that is kept is damaged: training begins anew, and what it writes stays. */
  @Test
  void aNewerDamagedOneIsNotInTheWayOfThoseWrittenAfterIt() throws IOException {
    try (Lock lock = lock();
        Checkpoints checkpoints = checkpoints(1, lock)) {
      checkpoints.save(of(50));
      checkpoints.await();
      Path newest = directory.resolve("checkpoints").resolve(files().get(0));
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(newest, bytes);
      assertThat(checkpoints.newest(STATE)).isEmpty();
      assertThat(said.toString(StandardCharsets.UTF_8))
          .contains("epoch-000050-round-00000000.checkpoint cannot be used, its checksum is wrong");
      checkpoints.save(of(1));
      checkpoints.save(of(2));
      checkpoints.await();
      assertThat(newest(checkpoints)).isEqualTo(2);
    }
    assertThat(files())
        .containsExactly(
            "epoch-000002-round-00000000.checkpoint",
            "epoch-000050-round-00000000.checkpoint.damaged");
  }

  @Test
  void aReadThatFailsIsNotDamage() throws IOException {
    try (Lock lock = lock();
        Checkpoints checkpoints = checkpoints(1, lock)) {
      checkpoints.save(of(50));
      checkpoints.await();
    }
    hadoop.setClass("fs.file.impl", Unreadable.class, FileSystem.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    try (Lock lock = lock();
        Checkpoints checkpoints = checkpoints(1, lock)) {
      assertThatThrownBy(() -> checkpoints.newest(STATE))
          .isInstanceOf(IOException.class)
          .hasMessage("connection reset by peer");
    }
    assertThat(files()).containsExactly("epoch-000050-round-00000000.checkpoint");
  }

  @Test
  void theStateOfAnotherNetworkIsRefused() throws IOException {
    try (Lock lock = lock();
        Checkpoints checkpoints = checkpoints(1, lock)) {
      checkpoints.save(of(50));
      checkpoints.await();
      for (TrainingState other :
          List.of(
              new TrainingState(new float[3], STATE.updaterState(), 0),
              new TrainingState(STATE.parameters(), new float[][] {new float[2]}, 0))) {
        assertThatThrownBy(() -> checkpoints.newest(other))
            .isInstanceOfSatisfying(
                JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
            .hasMessageContaining("found the state of another network");
      }
    }
  }

  @Test
  void closingWaitsForWhatIsUnderWay() throws IOException {
    try (Lock lock = lock()) {
      try (Checkpoints checkpoints = checkpoints(3, lock)) {
        checkpoints.save(of(7));
      }
      assertThat(files()).containsExactly("epoch-000007-round-00000000.checkpoint");
    }
  }

  @Test
  void whoLostTheLockWritesNoMore() throws IOException {
    Lock lock = lock();
    Checkpoints checkpoints = checkpoints(1, lock);
    checkpoints.save(of(1));
    checkpoints.await();
    lock.close();
    checkpoints.save(of(2));
    assertThatThrownBy(checkpoints::await)
        .isInstanceOfSatisfying(
            JobException.class,
            e -> assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING));
    checkpoints.close();
    assertThat(files()).containsExactly("epoch-000001-round-00000000.checkpoint");
  }

  private static Checkpoint of(int epoch) {
    Checkpoint like = CheckpointFileTest.checkpoint();
    return new Checkpoint(
        TrainingPosition.before(epoch, like.position().state()), like.best(), like.history());
  }

  private static int newest(Checkpoints checkpoints) throws IOException {
    return checkpoints.newest(STATE).orElseThrow().position().epoch();
  }

  private Lock lock() throws IOException {
    return Lock.take(Lock.beside(path("run")), "run " + RUN, hadoop, phases);
  }

  private Checkpoints checkpoints(int keep, Lock lock) throws IOException {
    return Checkpoints.of(
        path("checkpoints"), hadoop, RUN, new CheckpointSettings(1, keep), lock, phases);
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(directory.resolve(name).toUri());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}

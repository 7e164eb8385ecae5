package io.centroid.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLockTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void oneAtATime() throws IOException {
    RunLock first = take();
    assertThatThrownBy(this::take)
        .isInstanceOfSatisfying(
            JobException.class,
            e -> assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING))
        .hasMessageContaining("Cannot start run 7: found process " + ProcessHandle.current().pid())
        .hasMessageEndingWith("at the same work, expected nobody. Wait for it, or end it.");
    first.check("run 7");
    first.close();
    take().close();
    assertThat(files()).isEmpty();
  }

  @Test
  void aLockOfAProcessThatIsGoneIsTakenOver() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    leave(InetAddress.getLocalHost().getHostName(), process.pid(), "");
    take().close();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Taking over from process " + process.pid());
    assertThat(files()).isEmpty();
  }

  @Test
  void aLaterProcessOfTheSameIdIsNotTheOwner() throws Exception {
    leave(
        InetAddress.getLocalHost().getHostName(),
        ProcessHandle.current().pid(),
        "2001-01-01T00:00:00Z");
    take().close();
  }

  @Test
  void aLockOfAnotherMachineIsTakenOverAfterAMinuteWithoutASignOfLife() throws IOException {
    leave("elsewhere", 1, "2001-01-01T00:00:00Z");
    assertThatThrownBy(this::take).hasMessageContaining("found process 1 on elsewhere");
    Files.setLastModifiedTime(lock(), FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
    take().close();
    assertThat(files()).isEmpty();
  }

  @Test
  void whoLostTheLockIsToldAndLeavesTheNewOneAlone() throws IOException {
    RunLock first = take();
    leave("elsewhere", 1, "");
    assertThatThrownBy(() -> first.check("run 7")).hasMessageContaining("process 1 on elsewhere");
    first.close();
    assertThat(lock()).exists();
  }

  private RunLock take() throws IOException {
    return RunLock.take(
        new org.apache.hadoop.fs.Path(lock().toUri()),
        "run 7",
        new Configuration(false),
        new Phases(new PrintStream(said, true, StandardCharsets.UTF_8)));
  }

  private void leave(String host, long process, String started) throws IOException {
    Files.deleteIfExists(directory.resolve("." + lock().getFileName() + ".crc"));
    Files.writeString(
        lock(),
        Json.write(
            Map.of("id", "another", "host", host, "process", process, "processStarted", started)));
  }

  private Path lock() {
    return directory.resolve("lock");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}

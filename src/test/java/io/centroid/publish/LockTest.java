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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LockTest {
  private static final LockOwner HERE = LockOwner.ofThisProcess();
  private static final int STARTS = 20;
  private static final int STARTERS = 4;

  @TempDir private Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Configuration hadoop = new Configuration(false);

  /** A local directory under the scheme of an object store. */
  public static final class ObjectStore extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("s3a:///");
    }
  }

  @Test
  void oneAtATime() throws IOException {
    Lock first = take();
    assertThatThrownBy(this::take)
        .isInstanceOfSatisfying(
            JobException.class,
            e -> assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING))
        .hasMessageContaining("Cannot start run 7: found process " + ProcessHandle.current().pid())
        .hasMessageEndingWith("at the same work, expected nobody. Wait for it, or end it.");
    first.check();
    assertThat(Lock.heldSince(path(), hadoop)).isPresent();
    first.close();
    assertThat(Lock.heldSince(path(), hadoop)).isEmpty();
    take().close();
    assertThat(lock()).doesNotExist();
  }

  /** Of those who start at the same time one works, on every kind of storage. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a"})
  void ofThoseWhoStartTogetherOneHasIt(String scheme) throws Exception {
    hadoop.setClass("fs.s3a.impl", ObjectStore.class, FileSystem.class);
    hadoop.setBoolean("fs.s3a.impl.disable.cache", true);
    ExecutorService starters = Executors.newFixedThreadPool(STARTERS);
    try {
      for (int start = 0; start < STARTS; start++) {
        org.apache.hadoop.fs.Path at =
            new org.apache.hadoop.fs.Path(scheme + "://" + directory.resolve("lock-" + start));
        CyclicBarrier together = new CyclicBarrier(STARTERS);
        List<Future<Lock>> taking = new ArrayList<>();
        for (int i = 0; i < STARTERS; i++) {
          taking.add(
              starters.submit(
                  () -> {
                    together.await();
                    try {
                      return Lock.take(at, "run 7", hadoop, phases());
                    } catch (JobException e) {
                      assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING);
                      return null;
                    }
                  }));
        }
        List<Lock> taken = new ArrayList<>();
        for (Future<Lock> one : taking) {
          if (one.get() != null) {
            taken.add(one.get());
          }
        }
        assertThat(taken).hasSize(1);
        taken.get(0).check();
        taken.get(0).close();
      }
    } finally {
      starters.shutdownNow();
    }
  }

  @Test
  void aLockOfAProcessThatIsGoneIsTakenOver() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    leave(owner(process.pid(), "", HERE.boot(), HERE.processNamespace()));
    take().close();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Taking over from process " + process.pid());
    assertThat(lock()).doesNotExist();
  }

  @Test
  void aLaterProcessOfTheSameIdIsNotTheOwner() throws Exception {
    leave(
        owner(
            ProcessHandle.current().pid(),
            "2001-01-01T00:00:00Z",
            HERE.boot(),
            HERE.processNamespace()));
    take().close();
  }

  /** As of a container beside this one, or of a virtual machine of the same name. */
  @Test
  void aProcessThatCannotBeSeenFromHereIsNotGone() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    leave(owner(process.pid(), "", "another boot", HERE.processNamespace()));
    assertThatThrownBy(this::take).hasMessageContaining("found process " + process.pid());
    leave(owner(process.pid(), "", HERE.boot(), "pid:[1]"));
    assertThatThrownBy(this::take).hasMessageContaining("found process " + process.pid());
    leave(owner(process.pid(), "", "", ""));
    assertThatThrownBy(this::take).hasMessageContaining("found process " + process.pid());
  }

  @Test
  void aLockIsTakenOverAfterAMinuteWithoutASignOfLife() throws IOException {
    leave(owner(1, "2001-01-01T00:00:00Z", "another boot", ""));
    assertThatThrownBy(this::take).hasMessageContaining("found process 1 on elsewhere");
    age(Duration.ofMinutes(2));
    take().close();
    assertThat(lock()).doesNotExist();
  }

  @Test
  void aClaimThatCannotBeReadIsSomebodysUntilItIsOld() throws IOException {
    Files.createDirectories(lock());
    Files.writeString(lock().resolve("other.claim"), "{");
    assertThatThrownBy(this::take).hasMessageContaining("found another process at the same work");
    age(Duration.ofMinutes(2));
    take().close();
  }

  @Test
  void aLockWhoseClaimIsGoneIsLost() throws IOException {
    Lock first = take();
    Files.delete(claims().get(0));
    assertLost(first);
    leave(owner(1, "", "another boot", ""));
    first.close();
    assertThat(claims()).as("that of whoever has it now").hasSize(1);
  }

  @Test
  void aLockWhoseClaimCannotBeReadIsLost() throws IOException {
    Lock first = take();
    Files.writeString(claims().get(0), "{");
    assertLost(first);
    assertThatThrownBy(first::requireRenewed).hasMessageContaining("Cannot go on with run 7");
  }

  /** Nothing renews it here: the file system has no more times to set. */
  @Test
  void aLockThatCannotBeRenewedIsLostBeforeOthersMayHaveIt() throws Exception {
    hadoop.setClass("fs.file.impl", Unrenewable.class, FileSystem.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    hadoop.set("centroid.lock.silence", "600ms");
    Lock first = take();
    while (true) {
      try {
        first.requireRenewed();
      } catch (JobException e) {
        assertThat(e.category()).isEqualTo(FailureCategory.RESOURCES);
        assertThat(e).hasMessageContaining("because of no renewals here");
        break;
      }
    }
    first.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0s", "-5"})
  void aSilenceThatIsNoTimeIsAMistakeInTheSettings(String silence) {
    hadoop.set("centroid.lock.silence", silence);
    assertThatThrownBy(this::take)
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessage(
            "Cannot lock: found spark.hadoop.centroid.lock.silence=%s, expected a time as 60s or 2m.",
            silence);
  }

  /** A file system that lets nobody renew a claim. */
  public static final class Unrenewable extends RawLocalFileSystem {
    @Override
    public void setTimes(org.apache.hadoop.fs.Path file, long modified, long accessed)
        throws IOException {
      throw new IOException("no renewals here");
    }
  }

  private void assertLost(Lock lock) {
    assertThatThrownBy(lock::check)
        .isInstanceOfSatisfying(
            JobException.class,
            e -> assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING))
        .hasMessageStartingWith("Cannot go on with run 7: found its claim gone from file:");
  }

  private Lock take() throws IOException {
    return Lock.take(path(), "run 7", hadoop, phases());
  }

  private Phases phases() {
    return new Phases(new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  private static LockOwner owner(long process, String started, String boot, String namespace) {
    return new LockOwner("another", true, "elsewhere", process, started, boot, namespace);
  }

  private void leave(LockOwner owner) throws IOException {
    Files.createDirectories(lock());
    Files.writeString(lock().resolve("another.claim"), Json.write(owner));
  }

  private void age(Duration age) throws IOException {
    for (Path claim : claims()) {
      Files.setLastModifiedTime(claim, FileTime.from(Instant.now().minus(age)));
    }
  }

  private Path lock() {
    return directory.resolve(".7.lock");
  }

  private org.apache.hadoop.fs.Path path() {
    return Lock.beside(new org.apache.hadoop.fs.Path(directory.resolve("7").toUri()));
  }

  private List<Path> claims() throws IOException {
    try (Stream<Path> files = Files.list(lock())) {
      return files.toList();
    }
  }
}

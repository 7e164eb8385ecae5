package io.centroid.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.error.FailureCategory;
import io.centroid.publish.PublisherProcess.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two processes at the same work: the first is stopped for longer than its lock lasts, the second
 * takes over and is done, then the first goes on. Whatever it was about to do, it touches nothing
 * of the second's, and says so.
 */
@Tag("fault")
final class SuspendedPublisherIT {
  private static final int LOST = FailureCategory.ALREADY_RUNNING.exitCode();

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "file, create .*part-1",
    "file, create .*manifest.json",
    "file, make .*/junit-[0-9]+#2", // the last thing before it is renamed
    "s3a, create .*part-1",
    "s3a, rename to .*target/_inventory.json",
    "s3a, rename to .*target/split=train/part-1",
    "s3a, rename to .*target/manifest.json"
  })
  void whatTheSecondPublishedStays(String scheme, String pauseAt) throws Exception {
    secondGoesOnWhileTheFirstIsStopped("publish", scheme, pauseAt);
    assertThat(directory.resolve("target/manifest.json")).hasContent("manifest of second");
    assertThat(directory.resolve("target/split=train/part-1"))
        .hasContent("split=train/part-1 of second");
  }

  @ParameterizedTest
  @CsvSource({
    "file, create .*manifest.json",
    "file, make .*/junit-[0-9]+#2", // before the old one is moved aside
    "file, make .*/junit-[0-9]+#3", // before the new one is renamed
    "s3a, rename to .*replaced-.*",
    "s3a, rename to .*target/split=train/part-0",
    "s3a, rename to .*target/manifest.json"
  })
  void whatTheSecondReplacedStays(String scheme, String pauseAt) throws Exception {
    try (PublisherProcess before = start("nowhere", "publish", scheme, "zeroth")) {
      assertThat(before.await().exitCode()).isZero();
    }
    secondGoesOnWhileTheFirstIsStopped("publish", scheme, pauseAt);
    assertThat(directory.resolve("target/manifest.json")).hasContent("manifest of second");
  }

  @ParameterizedTest
  @CsvSource({
    "file, create .*model.zip",
    "file, create .*current.json.*",
    "file, create .*history.json.*",
    "s3a, rename to .*versions/1/model.zip",
    "s3a, rename to .*versions/1/_SUCCESS"
  })
  void whatTheSecondPromotedServes(String scheme, String pauseAt) throws Exception {
    secondGoesOnWhileTheFirstIsStopped("promote", scheme, pauseAt);
    assertThat(directory.resolve("models/cifar-10/current.json"))
        .content()
        .contains("\"run\" : \"second\"");
    assertThat(directory.resolve("models/cifar-10/history.json"))
        .content()
        .contains("\"run\" : \"second\"");
  }

  /** The real time of a short one; the others' claims are made older than they are. */
  @Test
  void aLockIsTakenFromAProcessThatIsStoppedForLonger() throws Exception {
    try (PublisherProcess first =
        PublisherProcess.start(
            "3s", "create .*part-1", "publish", directory.toString(), "file", "first")) {
      first.awaitLine("paused before: ");
      first.suspend();
      Ended second = new Ended(LOST, "");
      while (second.exitCode() == LOST) {
        try (PublisherProcess trying =
            PublisherProcess.start(
                "3s", "nowhere", "publish", directory.toString(), "file", "second")) {
          second = trying.await();
        }
      }
      assertThat(second.exitCode()).as(second.said()).isZero();
      assertThat(second.said()).contains("Taking over from process ");
      first.resume();
      assertThat(first.await().exitCode()).isEqualTo(LOST);
    }
    assertThat(directory.resolve("target/manifest.json")).hasContent("manifest of second");
  }

  @Test
  void whoComesWhileTheFirstPublishesIsRefusedAndDisturbsNothing() throws Exception {
    try (PublisherProcess first = start("make .*/junit-[0-9]+#2", "publish", "file", "first")) {
      first.awaitLine("paused before: ");
      try (PublisherProcess second = start("nowhere", "publish", "file", "second")) {
        Ended refused = second.await();
        assertThat(refused.exitCode()).isEqualTo(LOST);
        assertThat(refused.said()).contains("at the same work, expected nobody. Wait for it");
      }
      first.resume();
      assertThat(first.await().exitCode()).isZero();
    }
    assertThat(directory.resolve("target/manifest.json")).hasContent("manifest of first");
  }

  private void secondGoesOnWhileTheFirstIsStopped(String what, String scheme, String pauseAt)
      throws Exception {
    try (PublisherProcess first = start(pauseAt, what, scheme, "first")) {
      first.awaitLine("paused before: ");
      first.suspend();
      age();
      Ended second;
      try (PublisherProcess taking = start("nowhere", what, scheme, "second")) {
        second = taking.await();
      }
      assertThat(second.exitCode()).as(second.said()).isZero();
      Map<String, String> published = contents();
      first.resume();
      Ended ended = first.await();
      assertThat(ended.exitCode()).as(ended.said()).isEqualTo(LOST);
      assertThat(ended.said()).contains("Cannot ");
      assertThat(contents()).isEqualTo(published);
    }
  }

  /** Makes all claims two minutes older. */
  private void age() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path claim : files.filter(file -> file.toString().endsWith(".claim")).toList()) {
        Files.setLastModifiedTime(claim, FileTime.from(Instant.now().minusSeconds(120)));
      }
    }
  }

  private PublisherProcess start(String pauseAt, String what, String scheme, String who)
      throws IOException {
    return PublisherProcess.start("60s", pauseAt, what, directory.toString(), scheme, who);
  }

  /** All that is not hidden, and not made to be promoted. */
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (!name.startsWith("runs/") && !name.startsWith(".") && !name.contains("/.")) {
          contents.put(name, Files.readString(file));
        }
      }
    }
    return contents;
  }
}

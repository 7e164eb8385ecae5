package io.centroid.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a target on a file system that renames at once, and on one that does not. */
final class StagedDirectoryTest {
  private static final Phases SILENT =
      new Phases(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

  private final Configuration hadoop = new Configuration(false);
  @TempDir private java.nio.file.Path directory;
  private Recorded store;

  /** A local directory under the scheme of an object store; notes what appears, in order. */
  public static final class Recorded extends RawLocalFileSystem {
    private final List<String> appeared = new ArrayList<>();
    private int renamesLeft = Integer.MAX_VALUE;

    @Override
    public URI getUri() {
      return URI.create("s3a:///");
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      appeared.add(file.toUri().getPath());
      return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (renamesLeft-- == 0) {
        throw new IOException("the connection is gone");
      }
      appeared.add(to.toUri().getPath());
      return super.rename(from, to);
    }
  }

  @BeforeEach
  void open() throws IOException {
    hadoop.setClass("fs.s3a.impl", Recorded.class, FileSystem.class);
    hadoop.setBoolean("fs.s3a.impl.disable.cache", false);
    store = (Recorded) FileSystem.get(URI.create("s3a:///"), hadoop);
    store.appeared.clear();
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void inAnObjectStoreTheMarkerAppearsLast() throws IOException {
    Target target = target("s3a");
    try (Lock lock = target.lock("it", SILENT);
        StagedDirectory staging = target.stage(lock)) {
      for (String name : List.of("a", "split=train/part-0", "z")) {
        staging.write(name, name);
      }
      store.appeared.clear();
      assertThat(target.isPublished()).isFalse();
      staging.publish("the manifest");
    }
    String prefix = target.path().toUri().getPath() + "/";
    assertThat(
            store.appeared.stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length())))
        .hasSize(5)
        .startsWith("_inventory.json")
        .contains("a", "z", "split=train/part-0")
        .endsWith("manifest.json");
    assertThat(Target.read(target.path(), "manifest.json", hadoop)).isEqualTo("the manifest");
    assertNothingElse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a"})
  void whatIsWholeIsReplacedAndToldFromWhatIsNot(String scheme) throws IOException {
    Target target = target(scheme);
    assertThat(target.isEmpty()).isTrue();
    publish(target, "old");
    assertThat(target.state()).isEqualTo(Inventory.State.WHOLE);
    publish(target, "new");
    assertThat(file("data")).hasContent("new");
    assertThat(target.isReplaceable()).isTrue();
    Files.writeString(file("thesis.txt"), "years of work");
    assertThat(target.isReplaceable()).isFalse();
    Files.delete(file("thesis.txt"));
    Files.writeString(file("data"), "damaged");
    assertThat(target.state()).isEqualTo(Inventory.State.PARTIAL);
    assertThat(Target.of(target.path(), "scores", "", "manifest.json", hadoop).isReplaceable())
        .as("something of another kind")
        .isFalse();
    assertNothingElse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a"})
  void whatFailsLeavesTheOldOne(String scheme) throws IOException {
    Target target = target(scheme);
    publish(target, "old");
    try (Lock lock = target.lock("it", SILENT);
        StagedDirectory staging = target.stage(lock)) {
      staging.write("data", "new");
    }
    assertThat(file("data")).hasContent("old");
    assertThat(target.isPublished()).isTrue();
    assertNothingElse();
  }

  /** Every one of the renames that replacing takes in an object store fails once. */
  @Test
  void anObjectStoreThatFailsHalfWayHasTheOldOneOrIsMendedByTheNext() throws IOException {
    int failed = 0;
    for (int renames = 0; ; renames++) {
      Target target = Target.of(at("s3a", "t" + renames), "it", "--it", "manifest.json", hadoop);
      publish(target, "old");
      store.renamesLeft = renames;
      boolean done = false;
      try {
        publish(target, "new");
        done = true;
      } catch (IOException e) {
        failed++;
        store.renamesLeft = Integer.MAX_VALUE;
        assertThat(Target.read(target.path(), "data", hadoop)).isEqualTo("old");
        publish(target, "new");
      }
      assertThat(Target.read(target.path(), "data", hadoop)).isEqualTo("new");
      if (done) {
        break;
      }
    }
    assertThat(failed).isEqualTo(4);
  }

  /** As a process leaves it that is killed while it replaces. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a"})
  void whatWasMovedAsideComesBack(String scheme) throws IOException {
    Target target = target(scheme);
    publish(target, "old");
    Files.move(directory.resolve("target"), directory.resolve(".target.replaced-1"));
    if (scheme.equals("s3a")) { // and a part of the new one
      Files.createDirectories(directory.resolve("target"));
      Files.writeString(
          file("_inventory.json"),
          "{\"kind\": \"it\", \"files\": [{\"name\": \"data\", \"bytes\": 3, \"sha256\": \"\"}]}");
    }
    target.lock("it", SILENT).close();
    assertThat(file("data")).hasContent("old");
    assertThat(target.isPublished()).isTrue();
    assertNothingElse();
  }

  @Test
  void othersStagingIsRemovedByWhoeverHasTheLockAndByNobodyElse() throws IOException {
    Target target = target("file");
    java.nio.file.Path left = Files.createDirectories(directory.resolve(".target.staging-1/a"));
    java.nio.file.Path others = Files.createDirectories(directory.resolve(".other.staging-1"));
    java.nio.file.Path staged;
    try (Lock lock = target.lock("it", SILENT)) {
      assertThat(left).doesNotExist();
      Files.createDirectories(left);
      try (StagedDirectory staging = target.stage(lock)) {
        staged = Move.local(staging.path());
        staging.write("data", "new");
      }
    }
    assertThat(staged).doesNotExist();
    assertThat(left).as("closing removes its own").exists();
    assertThat(others).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a"})
  void whatOthersPutThereMeanwhileStays(String scheme) throws IOException {
    Target target = target(scheme);
    try (Lock lock = target.lock("it", SILENT);
        StagedDirectory late = target.stage(lock)) {
      late.write("data", "late");
      Files.createDirectories(directory.resolve("target"));
      Files.writeString(file("manifest.json"), "of others");
      assertThatThrownBy(() -> late.publish(""))
          .isInstanceOfSatisfying(
              JobException.class,
              e -> assertThat(e.category()).isEqualTo(FailureCategory.ALREADY_RUNNING))
          .hasMessageContaining("found something that was published there meanwhile");
    }
    assertThat(file("manifest.json")).hasContent("of others");
    assertThat(file("data")).doesNotExist();
  }

  /** A directory is never moved into one that stands at its new name. */
  @Test
  void aDirectoryKeepsItsNameWhereSomethingStands() throws IOException {
    java.nio.file.Path from = Files.createDirectories(directory.resolve("from"));
    Files.writeString(from.resolve("a"), "");
    java.nio.file.Path to = Files.createDirectories(directory.resolve("to"));
    Files.writeString(to.resolve("b"), "");
    FileSystem local = FileSystem.getLocal(hadoop);
    assertThat(Move.directory(local, new Path(from.toUri()), new Path(to.toUri()), hadoop))
        .isFalse();
    assertThat(from.resolve("a")).exists();
    assertThat(to).isDirectoryContaining("glob:**/b").isDirectoryNotContaining("glob:**/from");
  }

  @Test
  void filesThatChangedMeanwhileAreNotPublished() throws IOException {
    Target target = target("file");
    try (Lock lock = target.lock("it", SILENT);
        StagedDirectory staging = target.stage(lock)) {
      staging.write("data", "data");
      java.nio.file.Path data = Move.local(new Path(staging.path(), "data"));
      Files.writeString(data, "dada");
      assertRefused(staging, "data");
      Files.delete(data);
      assertRefused(staging, "data");
      Files.writeString(data, "data");
      Files.writeString(data.resolveSibling("another"), "");
      assertRefused(staging, "another");
      Files.delete(data.resolveSibling("another"));
      staging.publish("");
    }
    assertThat(file("data")).hasContent("data");
  }

  @Test
  void theInputIsNeverTheOutput() throws IOException {
    Files.createDirectories(directory.resolve("photos/2026"));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("photos"));
    for (String output : List.of("photos", "link", "photos/../photos", ".")) {
      Target target = Target.of(at("file", output), "scores", "--output", "_SUCCESS", hadoop);
      assertThatThrownBy(() -> target.requireApartFrom(null, at("file", "photos/2026")))
          .as(output)
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
          .hasMessageContaining("photos/2026 there, which they are made from")
          .hasMessageEndingWith("Use another --output.");
    }
    Target.of(at("file", "photos-scored"), "scores", "--output", "_SUCCESS", hadoop)
        .requireApartFrom(at("file", "photos"));
    assertThatThrownBy(() -> Target.of(new Path("file:///"), "shards", "--shards", "", hadoop))
        .hasMessageContaining("found the root of a file system");
  }

  private static void assertRefused(StagedDirectory staging, String file) {
    assertThatThrownBy(() -> staging.publish(""))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found other files than were written, such as " + file);
  }

  private void publish(Target target, String data) throws IOException {
    try (Lock lock = target.lock("it", SILENT);
        StagedDirectory staging = target.stage(lock)) {
      staging.write("data", data);
      staging.publish("manifest of " + data);
    }
  }

  private Target target(String scheme) throws IOException {
    return Target.of(at(scheme, "target"), "it", "--it", "manifest.json", hadoop);
  }

  private Path at(String scheme, String name) {
    return new Path(scheme + "://" + directory.resolve(name));
  }

  private java.nio.file.Path file(String name) {
    return directory.resolve("target").resolve(name);
  }

  private void assertNothingElse() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("target"));
    }
  }
}

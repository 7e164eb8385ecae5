package io.centroid.storage;

import static io.centroid.error.FailureCategory.DATA;
import static io.centroid.error.FailureCategory.RESOURCES;
import static io.centroid.error.FailureCategory.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.io.TempDir;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StorageFailureTest {
  private static final Path PATH = new Path("hdfs://host/data");

  static Stream<Arguments> everydayFailures() {
    return Stream.of(
        Arguments.of(new AccessControlException("denied"), "no permission", SETTINGS),
        Arguments.of(new AccessDeniedException("/data"), "no permission", SETTINGS),
        Arguments.of(
            new FileNotFoundException("/data (Permission denied)"), "no permission", SETTINGS),
        Arguments.of(
            new UnsupportedFileSystemException("No FileSystem for scheme"),
            "a scheme that nothing serves",
            SETTINGS),
        Arguments.of(new FileNotFoundException("/data does not exist"), "no such path", DATA),
        Arguments.of(
            new ConnectException("refused"), "no connection to its storage (refused)", RESOURCES),
        Arguments.of(
            new UnknownHostException("host"), "no connection to its storage (host)", RESOURCES),
        Arguments.of(
            new SocketTimeoutException("60 s"), "no connection to its storage (60 s)", RESOURCES),
        Arguments.of(new IOException("write: No space left on device"), "no room", RESOURCES));
  }

  @ParameterizedTest
  @MethodSource("everydayFailures")
  void saysWhatWasFoundAtAPath(IOException failure, String found, FailureCategory category) {
    assertThatThrownBy(() -> StorageFailure.explained(PATH, failure))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(category))
        .hasMessageStartingWith("Cannot read hdfs://host/data: found " + found + ", expected ")
        .hasCause(failure);
  }

  @Test
  void leavesOtherFailuresAsTheyAre() {
    IOException failure = new IOException("disk on fire");
    assertThat(StorageFailure.explained(PATH, failure)).isSameAs(failure);
  }

  @Test
  void whereThePathIsUnknownTheFileSystemSaysIt() {
    assertThat(
            StorageFailure.explain(
                new IllegalStateException(
                    new AccessControlException("Permission denied: user=nobody\n\tat x"))))
        .hasValueSatisfying(
            e -> {
              assertThat(e.category()).isEqualTo(SETTINGS);
              assertThat(e)
                  .hasMessage(
                      "Cannot read or write files: found Permission denied: user=nobody, expected"
                          + " the right to. Give it to the user of this process, or use another"
                          + " place.");
            });
    assertThat(StorageFailure.explain(new IOException("disk on fire")))
        .hasValueSatisfying(e -> assertThat(e.category()).isEqualTo(RESOURCES));
  }

  @Test
  void whatIsInAFileOthersExplainBetter() {
    assertThat(StorageFailure.explain(new FileNotFoundException("/data does not exist"))).isEmpty();
    assertThat(StorageFailure.explain(new EOFException())).isEmpty();
    assertThat(StorageFailure.explain(new IllegalStateException())).isEmpty();
  }

  @Test
  void aFailureThatSaysNothingIsCalledByItsName() {
    assertThat(StorageFailure.reason(new IllegalStateException(new IOException())))
        .isEqualTo("IOException");
    assertThat(StorageFailure.reason(new IllegalStateException()))
        .isEqualTo("IllegalStateException");
  }

  @Test
  void namesTheAddressThatWasLookedAtAndTheFileThatIsHere(@TempDir java.nio.file.Path folder)
      throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.defaultFS", "elsewhere://host:8020/");
    hadoop.setClass("fs.elsewhere.impl", ElsewhereFileSystem.class, FileSystem.class);
    hadoop.setBoolean("fs.elsewhere.impl.disable.cache", true);
    Path here = new Path(Files.createFile(folder.resolve("a.tar.gz")).toString());
    FileSystem elsewhere = here.getFileSystem(hadoop);
    FileNotFoundException missing = new FileNotFoundException("no");
    assertThatThrownBy(() -> StorageFailure.explained(elsewhere, here, missing))
        .hasMessage(
            "Cannot read elsewhere://host:8020%1$s: found no such path, expected a file or directory. It is on this machine: give file:%1$s instead."
                .formatted(here));
    Path nowhere = new Path(here + "x");
    assertThatThrownBy(() -> StorageFailure.explained(elsewhere, nowhere, missing))
        .hasMessage(
            "Cannot read elsewhere://host:8020%s: found no such path, expected a file or directory. Check the spelling."
                .formatted(nowhere));
    Path named = new Path("elsewhere://host:8020" + here);
    assertThat(StorageFailure.localHint(named, elsewhere)).isEmpty();
    assertThat(StorageFailure.localHint(here, FileSystem.getLocal(hadoop))).isEmpty();
  }

  /** A file system of another machine, as a Hadoop configuration makes it the default. */
  public static final class ElsewhereFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("elsewhere://host:8020");
    }

    @Override
    public String getScheme() {
      return "elsewhere";
    }
  }
}

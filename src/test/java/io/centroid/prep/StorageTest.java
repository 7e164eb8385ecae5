package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StorageTest {
  private static final Path PATH = new Path("hdfs://host/data");

  /** A file system that lets nobody in, whoever runs the tests. */
  public static final class ClosedFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("closed:///");
    }

    @Override
    public String getScheme() {
      return "closed";
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      throw new AccessControlException("Permission denied: user=nobody, access=EXECUTE");
    }
  }

  @Test
  void aPathWithoutPermissionIsOneLine() {
    Configuration configuration = new Configuration(false);
    configuration.setClass("fs.closed.impl", ClosedFileSystem.class, RawLocalFileSystem.class);
    configuration.setBoolean("fs.closed.impl.disable.cache", true);
    assertThatThrownBy(() -> ImageSources.open(new Path("closed:///data"), configuration))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessage(
            "Cannot read closed:/data: found no permission, expected a readable path. Grant it to"
                + " this user.")
        .hasCauseInstanceOf(AccessControlException.class);
  }

  @Test
  void aSchemeThatNothingServesIsOneLine() {
    assertThatThrownBy(
            () -> ImageSources.open(new Path("nosuch://host/data"), new Configuration(false)))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read nosuch://host/data: found a scheme that nothing serves, expected file:,"
                + " hdfs: or another installed one. Add its file system to the class path.");
  }

  static Stream<Arguments> everydayFailures() {
    return Stream.of(
        Arguments.of(new AccessControlException("denied"), "no permission"),
        Arguments.of(new AccessDeniedException("/data"), "no permission"),
        Arguments.of(new FileNotFoundException("/data (Permission denied)"), "no permission"),
        Arguments.of(new FileNotFoundException("/data does not exist"), "no such path"),
        Arguments.of(new ConnectException("refused"), "no connection to its storage (refused)"),
        Arguments.of(new UnknownHostException("host"), "no connection to its storage (host)"));
  }

  @ParameterizedTest
  @MethodSource("everydayFailures")
  void saysWhatWasFound(IOException failure, String found) {
    assertThatThrownBy(() -> Storage.explained(PATH, failure))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("Cannot read hdfs://host/data: found " + found + ", expected ")
        .hasCause(failure);
  }

  @Test
  void leavesOtherFailuresAsTheyAre() {
    IOException failure = new IOException("disk on fire");
    assertThat(Storage.explained(PATH, failure)).isSameAs(failure);
  }
}

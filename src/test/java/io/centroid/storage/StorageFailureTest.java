package io.centroid.storage;

import static io.centroid.error.FailureCategory.DATA;
import static io.centroid.error.FailureCategory.RESOURCES;
import static io.centroid.error.FailureCategory.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParseException;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StorageFailureTest {
  private static final Path PATH = new Path("hdfs://host/data");

  /** As the JDK, Hadoop and the operating system throw them. */
  static Stream<Arguments> everydayFailures() {
    return Stream.of(
        Arguments.of(new AccessControlException("denied"), "no permission (denied)", SETTINGS),
        Arguments.of(new AccessDeniedException("/data"), "no permission (/data)", SETTINGS),
        Arguments.of(
            new FileNotFoundException("/data (Permission denied)"), "no permission", SETTINGS),
        Arguments.of(new IOException("Read-only file system"), "no permission", SETTINGS),
        Arguments.of(
            new RemoteException(
                AccessControlException.class.getName(), "Permission denied: user=x"),
            "no permission",
            SETTINGS),
        Arguments.of(new SaslException("GSS initiate failed"), "no permission", SETTINGS),
        Arguments.of(
            new UnsupportedFileSystemException("No FileSystem for scheme"),
            "a scheme that nothing serves",
            SETTINGS),
        Arguments.of(
            new ParentNotDirectoryException("/a is a file"), "/a is a file, expected a", SETTINGS),
        Arguments.of(new FileNotFoundException("/data does not exist"), "no such path,", DATA),
        Arguments.of(new NoSuchFileException("/data"), "no such path,", DATA),
        Arguments.of(
            new RemoteException(FileNotFoundException.class.getName(), "File does not exist"),
            "no such path,",
            DATA),
        Arguments.of(
            new ChecksumException("Checksum error: /data at 0", 0),
            "Checksum error: /data at 0, expected the bytes that were written",
            DATA),
        Arguments.of(new ConnectException("refused"), "no connection (refused)", RESOURCES),
        Arguments.of(new UnknownHostException("host"), "no connection (host)", RESOURCES),
        Arguments.of(new SocketTimeoutException("60 s"), "no connection (60 s)", RESOURCES),
        Arguments.of(new SocketException("Connection reset"), "no connection", RESOURCES),
        Arguments.of(new IOException("Connection reset by peer"), "no connection", RESOURCES),
        Arguments.of(new IOException("Broken pipe"), "no connection", RESOURCES),
        Arguments.of(new HttpTimeoutException("timed out"), "no connection", RESOURCES),
        Arguments.of(new SSLException("closed"), "no connection", RESOURCES),
        Arguments.of(
            NetUtils.wrapException("far", 1, "near", 2, new EOFException("x")), "", RESOURCES),
        Arguments.of(new IOException("write: No space left on device"), "no room", RESOURCES),
        Arguments.of(
            new FileNotFoundException("/data (Disk quota exceeded)"), "no room", RESOURCES),
        Arguments.of(new IOException("Input/output error"), "Input/output error,", RESOURCES),
        Arguments.of(
            new FileNotFoundException("/data (Stale file handle)"),
            "/data (Stale file handle),",
            RESOURCES),
        Arguments.of(
            new FileNotFoundException("/data (Too many open files)"),
            "/data (Too many open files), expected a limit",
            RESOURCES));
  }

  @ParameterizedTest
  @MethodSource("everydayFailures")
  void saysWhatWasFoundAtAPath(IOException failure, String found, FailureCategory category) {
    assertThatThrownBy(() -> StorageFailure.explained(PATH, failure))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(category))
        .hasMessageStartingWith("Cannot read hdfs://host/data: found " + found)
        .hasMessageContaining(", expected ")
        .hasCause(failure);
  }

  /** Being an IOException says nothing. */
  static Stream<IOException> failuresThatMayBeAnything() {
    return Stream.of(
        new IOException("disk on fire"),
        new EOFException("unexpected end"),
        new JsonParseException(null, "no JSON"),
        new BindException("Cannot assign requested address"));
  }

  @ParameterizedTest
  @MethodSource("failuresThatMayBeAnything")
  void whatIsInAFileOthersExplainBetter(IOException failure) {
    assertThat(StorageFailure.explained(PATH, failure)).isSameAs(failure);
    assertThat(StorageFailure.explain(failure)).isEmpty();
  }

  @Test
  void aFileThatIsMissingOrAFailureOfTheProgramIsNone() {
    assertThat(StorageFailure.explain(new FileNotFoundException("/data does not exist"))).isEmpty();
    assertThat(StorageFailure.explain(new IllegalStateException())).isEmpty();
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
                      "Cannot go on: found no permission (Permission denied: user=nobody), expected"
                          + " the right to. Give it to the user of this process, or use another"
                          + " place.");
            });
  }

  @Test
  void onlyAFileThatIsNotThereIsMissing() throws IOException {
    StorageFailure.requireMissing(new FileNotFoundException("File file:/data does not exist"));
    FileNotFoundException busy = new FileNotFoundException("/data (Too many open files)");
    assertThatThrownBy(() -> StorageFailure.requireMissing(busy)).hasCause(busy);
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

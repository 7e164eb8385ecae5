package io.centroid.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is listed is the same, however a file system lists it. */
public final class RemoteImagesTest {
  @TempDir private Path directory;

  /** Local files by another scheme, and directories called "closed" that nobody may list. */
  public static final class Remote extends RawLocalFileSystem {
    private URI uri;

    @Override
    public void initialize(URI place, Configuration configuration) throws IOException {
      uri = URI.create(place.getScheme() + "://" + place.getAuthority());
      super.initialize(place, configuration);
    }

    @Override
    public URI getUri() {
      return uri == null ? URI.create("remote:///") : uri; // asked for while it is made
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      return plain(super.getFileStatus(path));
    }

    @Override
    public FileStatus[] listStatus(org.apache.hadoop.fs.Path path) throws IOException {
      if (path.getName().equals("closed")) {
        throw new AccessControlException("Permission denied: user=nobody, access=READ_EXECUTE");
      }
      return Stream.of(super.listStatus(path)).map(Remote::plain).toArray(FileStatus[]::new);
    }

    /** What the operating system knows besides is asked for by a path of scheme "file" alone. */
    private static FileStatus plain(FileStatus status) {
      return new FileStatus(status.getLen(), status.isDirectory(), 1, 1, 0, status.getPath());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"remote", "s3a"})
  void everyFileIsListedOnce(String scheme) throws IOException {
    Files.createDirectories(directory.resolve("in/.hidden/deep"));
    Files.createDirectories(directory.resolve("empty"));
    for (String file :
        new String[] {
          "a.png", "b:c.png", "100%.png", "_d.png", "in/e f.png", ".g.png", "in/.hidden/deep/h.png"
        }) {
      Files.writeString(directory.resolve(file), file);
    }
    ImageListing listing = list(scheme, directory);
    assertThat(listing.files().keySet())
        .containsExactly("100%.png", "_d.png", "a.png", "b:c.png", "in/e f.png");
    assertThat(listing.problems().keySet()).containsExactly(".g.png", "in/.hidden");
    listing
        .files()
        .forEach(
            (id, location) -> {
              org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
              assertThat(path.toUri().getScheme()).isEqualTo(scheme);
              assertThat(Path.of(path.toUri().getPath())).hasContent(id);
            });
    assertThat(list(scheme, directory.resolve("b:c.png")).files()).containsOnlyKeys("b:c.png");
  }

  @Test
  void aDirectoryThatMayNotBeListedIsTold() throws IOException {
    Files.createDirectories(directory.resolve("closed"));
    Files.writeString(directory.resolve("closed/a.png"), "a");
    Files.writeString(directory.resolve("b.png"), "b");
    ImageListing listing = list("remote", directory);
    assertThat(listing.files()).containsOnlyKeys("b.png");
    assertThat(listing.problems())
        .containsEntry("closed", "found no permission to read it, expected a file or directory");
    assertThatThrownBy(() -> list("remote", directory.resolve("closed")))
        .isInstanceOf(AccessControlException.class);
  }

  private static ImageListing list(String scheme, Path path) throws IOException {
    FileSystem fileSystem = new Remote();
    fileSystem.initialize(URI.create(scheme + "://host"), new Configuration());
    return RemoteImages.list(
        fileSystem, fileSystem.makeQualified(new org.apache.hadoop.fs.Path(path.toString())));
  }
}

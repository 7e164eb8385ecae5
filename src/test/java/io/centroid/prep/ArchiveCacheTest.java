package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveCacheTest {
  private static final OfficialArchive ARCHIVE =
      new OfficialArchive("hello.txt", 5, "5d41402abc4b2a76b9719d911017c592");

  @TempDir private Path folder;

  @Test
  void isInTheUsersCacheDirectory() {
    assertThat(ArchiveCache.ofUser(Map.of("XDG_CACHE_HOME", "/big/cache", "HOME", "/home/me")))
        .isEqualTo(new ArchiveCache(Path.of("/big/cache/centroid")));
    assertThat(ArchiveCache.ofUser(Map.of("HOME", "/home/me")))
        .isEqualTo(new ArchiveCache(Path.of("/home/me/.cache/centroid")));
  }

  @Test
  void ignoresARelativeCacheDirectoryAsTheSpecificationAsks() {
    assertThat(ArchiveCache.ofUser(Map.of("XDG_CACHE_HOME", "cache", "HOME", "/home/me")))
        .isEqualTo(new ArchiveCache(Path.of("/home/me/.cache/centroid")));
    assertThat(ArchiveCache.ofUser(Map.of("XDG_CACHE_HOME", "", "HOME", "/home/me")))
        .isEqualTo(new ArchiveCache(Path.of("/home/me/.cache/centroid")));
  }

  @Test
  void findsAnArchiveOnlyIfItIsCompleteAndUndamaged() throws IOException {
    ArchiveCache cache = new ArchiveCache(folder);
    assertThat(cache.find(ARCHIVE)).isEmpty();
    Files.writeString(folder.resolve("hello.txt"), "hell");
    assertThat(cache.find(ARCHIVE)).isEmpty();
    Files.writeString(folder.resolve("hello.txt"), "hallo");
    assertThat(cache.find(ARCHIVE)).isEmpty();
    Files.writeString(folder.resolve("hello.txt"), "hello");
    assertThat(cache.find(ARCHIVE)).contains(folder.resolve("hello.txt"));
  }

  @Test
  void hasNoOfficialArchiveWhenItDoesNotExist() throws IOException {
    assertThat(new ArchiveCache(folder.resolve("nowhere")).find()).isEmpty();
  }
}

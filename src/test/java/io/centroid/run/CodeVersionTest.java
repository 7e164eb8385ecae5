package io.centroid.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CodeVersionTest {
  @TempDir private Path directory;

  @Test
  void everyChangeOfTheCodeIsAnotherRun() throws IOException {
    Path classes = Files.createDirectories(directory.resolve("io/centroid/run"));
    Files.writeString(classes.resolve("RunId.class"), "one");
    String one = CodeVersion.hash(directory);
    Files.writeString(classes.resolve("RunId.class"), "two");
    String two = CodeVersion.hash(directory);
    Files.move(classes.resolve("RunId.class"), classes.resolve("Moved.class"));
    String moved = CodeVersion.hash(directory);
    Files.writeString(directory.resolve("io/centroid/pom.xml"), "other libraries");
    assertThat(new String[] {one, two, moved, CodeVersion.hash(directory)}).doesNotHaveDuplicates();
    assertThat(runOf(one)).isEqualTo(runOf(one)).isNotEqualTo(runOf(two));
  }

  @Test
  void theCommitIsNotTheCode() throws IOException {
    Path room = Files.createDirectories(directory.resolve("io/centroid"));
    Files.writeString(room.resolve("A.class"), "code");
    String before = CodeVersion.hash(directory);
    Files.writeString(room.resolve("git.properties"), "git.commit.id=1");
    assertThat(CodeVersion.hash(directory)).isEqualTo(before);
  }

  @Test
  void aJarIsTheSameCodeAsItsClasses() throws IOException {
    Path room = Files.createDirectories(directory.resolve("io/centroid/run"));
    Files.writeString(room.resolve("A.class"), "code");
    String ofClasses = CodeVersion.hash(directory);
    Path jar = directory.resolve("job.jar");
    URI files = URI.create("jar:" + jar.toUri());
    try (FileSystem written = FileSystems.newFileSystem(files, Map.of("create", "true"))) {
      Files.createDirectories(written.getPath("/io/centroid/run"));
      Files.writeString(written.getPath("/io/centroid/run/A.class"), "code");
      Files.writeString(written.getPath("/of-a-library.txt"), "other code");
    }
    assertThat(CodeVersion.hash(jar)).isEqualTo(ofClasses);
    assertThat(CodeVersion.current().content()).hasSize(64);
  }

  private static RunId runOf(String content) {
    return RunId.of(
        new TreeMap<>(Map.of("training.seed", "1")),
        "shards",
        new CodeVersion("1", "commit", true, content));
  }
}

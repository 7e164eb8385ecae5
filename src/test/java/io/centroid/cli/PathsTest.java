package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** Paths as options have them. */
final class PathsTest {
  @ParameterizedTest
  @CsvSource({
    "a, a",
    "/a b/c, /a b/c",
    "../a%20b, ../a%20b",
    "12:30, 12:30",
    "file:/a b, /a b",
    "file:///a, /a"
  })
  void thoseOfThisMachineMayBeUris(String text, Path expected) {
    assertThat(Centroid.pathHere(text)).isEqualTo(expected);
  }

  @Test
  void thoseOfThisMachineAreNowhereElse() {
    for (String text : new String[] {"hdfs://host:8020/logs", "s3a://bucket/cache"}) {
      assertThatThrownBy(() -> Centroid.pathHere(text))
          .isInstanceOf(TypeConversionException.class)
          .hasMessage("found %s, expected a directory of this machine", text);
    }
  }

  @Test
  void aNameWithAColonNeedsNoFileSystem() {
    assertThat(Centroid.path("12:30.png")).hasToString("./12:30.png");
    assertThat(Centroid.path("s3a://bucket/a:b")).hasToString("s3a://bucket/a:b");
  }
}

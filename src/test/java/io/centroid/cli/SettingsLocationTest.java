package io.centroid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsLocationTest {
  @TempDir private Path directory;

  @Test
  void aFileOfThisMachineIsItself() throws IOException {
    Path file = Files.createFile(directory.resolve("a:b.conf"));
    assertThat(SettingsLocation.local(file.toString())).isEqualTo(file);
  }

  @Test
  void aUriIsCopied() throws IOException {
    Path file = Files.writeString(directory.resolve("few.conf"), "training.epochs = 3");
    Path copy = SettingsLocation.local(file.toUri().toString());
    assertThat(copy).hasFileName("few.conf").hasContent("training.epochs = 3").isNotEqualTo(file);
    assertThat(SettingsLocation.local("data:;name=more.conf;base64,eA=="))
        .hasFileName("more.conf")
        .hasContent("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my:settings.conf",
        "data:;name=x;base64,e",
        "nothing:///x",
        "file:///no/such.conf"
      })
  void anotherOneIsOneLine(String named) {
    assertThatThrownBy(() -> SettingsLocation.local(named))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessageStartingWith("Cannot read settings %s: found ".formatted(named))
        .hasMessageEndingWith(", expected a path that every machine sees.");
  }
}

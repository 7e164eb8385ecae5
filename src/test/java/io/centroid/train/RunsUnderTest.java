package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory on this machine that gets one run, as tests see it. */
record RunsUnderTest(Path path) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The directory with the checkpoints of the run that is under way. */
  Optional<Path> checkpoints() {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.filter(entry -> entry.toString().endsWith(".checkpoints")).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Name of the newest checkpoint; empty where there is none. */
  String newestCheckpoint() {
    return checkpoints()
        .flatMap(
            checkpoints -> {
              try (Stream<Path> files = Files.list(checkpoints)) {
                return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".checkpoint"))
                    .max(String::compareTo);
              } catch (IOException e) {
                return Optional.empty();
              }
            })
        .orElse("");
  }

  /** Whether there is a run that is published. */
  boolean isPublished() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(RunsUnderTest::isRun)
          .anyMatch(run -> Files.exists(run.resolve("_SUCCESS")));
    }
  }

  /** The run that is published. */
  Path run() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.filter(RunsUnderTest::isRun).findFirst().orElseThrow();
    }
  }

  /** The run's outcome without times. */
  JsonNode outcome() throws IOException {
    ObjectNode outcome = (ObjectNode) JSON.readTree(run().resolve("outcome.json").toFile());
    return outcome.remove(List.of("trainSeconds", "imagesPerSecond"));
  }

  /** The run's history without times. */
  JsonNode history() throws IOException {
    JsonNode history = JSON.readTree(run().resolve("history.json").toFile());
    for (JsonNode epoch : history) {
      ((ObjectNode) epoch).remove(List.of("seconds", "imagesPerSecond", "rounds"));
    }
    return history;
  }

  /** A run directory is there with all its files, or not at all. */
  void assertNothingHalfPublished() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      assertThat(entries.filter(RunsUnderTest::isRun))
          .allMatch(run -> Files.exists(run.resolve("_SUCCESS")));
    }
  }

  /** What a user takes for a run: the other entries are hidden, or a page about one under way. */
  private static boolean isRun(Path entry) {
    return Files.isDirectory(entry) && !entry.getFileName().toString().startsWith(".");
  }

  /** Nothing lies about that the run needed on its way. */
  void assertOnlyTheRunIsLeft() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      assertThat(entries).hasSize(1);
    }
  }
}

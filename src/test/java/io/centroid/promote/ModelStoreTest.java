package io.centroid.promote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.promote.Promotion.Action;
import io.centroid.promote.Promotion.Clearance;
import io.centroid.run.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a promotion dies between two of its steps, and what makes it good. */
final class ModelStoreTest {
  private static final Phases SILENT =
      new Phases(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  @TempDir private Path directory;

  @Test
  void currentGoesBeforeTheHistoryWhichIsMadeGood() throws IOException {
    promote("a");
    String before = Files.readString(store().resolve("history.json"));
    promote("b");
    Files.writeString(store().resolve("history.json"), before);
    assertThat(model().history()).extracting(Promotion::run).containsExactly("a", "b");
    promote("b");
    assertThat(model().recorded()).extracting(Promotion::run).containsExactly("a", "b");
  }

  @Test
  void theFirstPromotionMayDieBeforeItsHistory() throws IOException {
    promote("a");
    Files.delete(store().resolve("history.json"));
    promote("b");
    assertThat(model().recorded()).extracting(Promotion::version).containsExactly(1, 2);
  }

  @Test
  void aVersionThatWasNeverNamedIsLeftAsItIs() throws IOException {
    Path left = Files.createDirectories(store().resolve("versions/1"));
    Files.writeString(left.resolve("model.zip"), "of others");
    Path staging = Files.createDirectories(store().resolve("versions/.1.staging-1"));
    Files.writeString(staging.resolve("model.zip"), "hal");
    assertThat(model().current()).isEmpty();
    promote("a");
    assertThat(left.resolve("model.zip")).hasContent("of others");
    assertThat(store().resolve("versions/2/model.zip")).hasContent("model a");
    assertThat(model().current().orElseThrow().version()).isEqualTo(2);
    try (Stream<Path> versions = Files.list(store().resolve("versions"))) {
      assertThat(versions).containsExactlyInAnyOrder(left, store().resolve("versions/2"));
    }
  }

  @Test
  void aCopyOfTheSameRunThatWasNeverNamedIsTheVersion() throws IOException {
    promote("a");
    Files.delete(store().resolve("current.json"));
    Files.delete(store().resolve("history.json"));
    promote("a");
    assertThat(model().current().orElseThrow().version()).isEqualTo(1);
    promote("b");
    assertThat(model().current().orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void withoutItsHistoryNothingIsChanged() throws IOException {
    promote("a");
    promote("b");
    Files.delete(store().resolve("history.json"));
    assertRefused("found current.json without history.json, expected both");
    Files.delete(store().resolve("current.json"));
    assertRefused("found versions in file:" + store() + ", but neither history.json nor current");
    assertThat(store().resolve("versions/1/model.zip")).hasContent("model a");
    assertThat(store().resolve("versions/2/model.zip")).hasContent("model b");
  }

  @Test
  void rollbackGoesToWhatWasCurrentBeforeThePromotion() throws IOException {
    promote("a");
    promote("b");
    rollBack();
    promote("c");
    assertThat(model().current().orElseThrow().replaced()).isEqualTo(1);
    rollBack();
    Promotion current = model().current().orElseThrow();
    assertThat(current.version()).isEqualTo(1);
    assertThat(current.action()).isEqualTo(Action.ROLLED_BACK);
    assertThat(model().isWithdrawn("b")).isTrue();
    assertThat(model().isWithdrawn("c")).isTrue();
    assertThat(model().isWithdrawn("a")).isFalse();
    promote("c");
    assertThat(model().isWithdrawn("c")).isFalse();
    assertThat(model().current().orElseThrow().version()).isEqualTo(4);
  }

  @Test
  void namesThatLeaveTheDirectoryAreRefused() {
    for (String name : new String[] {"..", ".hidden", "a/b", "", "a b"}) {
      assertThatThrownBy(() -> ModelStore.of(path(directory), name, new Configuration(false)))
          .hasMessageContaining("Cannot use model name " + name);
    }
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> promote("c"))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessageContaining(message);
  }

  private void rollBack() throws IOException {
    new PromotionJob(model(), SILENT).rollBack(OptionalInt.empty());
  }

  private void promote(String run) throws IOException {
    Path published = Files.createDirectories(directory.resolve("runs").resolve(run));
    Outcome outcome = new Outcome("done", 0, run, "CIFAR-10", "", 0.5, 1, 1, 1, 1, 1, 1, 1, 1);
    Files.writeString(published.resolve("outcome.json"), Json.write(outcome));
    Files.writeString(published.resolve("model.zip"), "model " + run);
    Files.writeString(published.resolve("_SUCCESS"), "");
    new PromotionJob(model(), SILENT).promote(path(published), Clearance.FORCED);
  }

  private ModelStore model() throws IOException {
    return ModelStore.of(path(directory), "cifar-10", new Configuration(false));
  }

  private Path store() {
    return directory.resolve("cifar-10");
  }

  private static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}

package io.centroid.promote;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.promote.Promotion.Clearance;
import io.centroid.run.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies at each of the changes a promotion makes to the file system. */
final class PromotionCrashTest {
  private static final Phases SILENT =
      new Phases(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  private static final AtomicInteger CHANGES_LEFT = new AtomicInteger();
  private static final Configuration HEALTHY = new Configuration(false);

  @TempDir private Path directory;

  /** Does nothing any more once its changes are used up, as a process that is gone. */
  public static final class DyingFileSystem extends LocalFileSystem {
    /** Creates the file system; Hadoop does that. */
    public DyingFileSystem() {
      super(new Raw());
    }

    private static final class Raw extends RawLocalFileSystem {
      @Override
      protected OutputStream createOutputStreamWithMode(
          org.apache.hadoop.fs.Path file, boolean append, FsPermission permission)
          throws IOException {
        live();
        return super.createOutputStreamWithMode(file, append, permission);
      }

      @Override
      public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
        live();
        return super.delete(file, recursive);
      }

      @Override
      public boolean mkdirs(org.apache.hadoop.fs.Path path) throws IOException {
        live();
        return super.mkdirs(path);
      }
    }

    private static void live() throws IOException {
      if (CHANGES_LEFT.decrementAndGet() < 0) {
        throw new IOException("dead");
      }
    }
  }

  @Test
  void leavesTheOldOrTheNewVersionAndIsCompletedByPromotingAgain() throws IOException {
    Configuration dying = dying();
    Path first = run("a");
    Path second = run("b");
    int died = 0;
    for (int changes = 0; ; changes++) {
      Path models = directory.resolve("models-" + changes);
      promote(models, first, HEALTHY);
      CHANGES_LEFT.set(changes);
      boolean dies = true;
      try {
        promote(models, second, dying);
        dies = false;
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("dead");
        died++;
      }
      Promotion current = store(models).current().orElseThrow();
      assertThat(current.version()).isIn(1, 2);
      assertThat(models.resolve("cifar-10/versions/" + current.version() + "/model.zip"))
          .hasContent("model " + current.run());
      removeClaims(models.resolve(".cifar-10.lock")); // taken over: its process is gone
      promote(models, second, HEALTHY);
      assertThat(store(models).recorded()).extracting(Promotion::run).containsExactly("a", "b");
      try (Stream<Path> left = Files.list(models.resolve("cifar-10/versions"))) {
        assertThat(left.map(path -> path.getFileName().toString()).toList())
            .containsExactlyInAnyOrderElementsOf(List.of("1", "2"));
      }
      if (!dies) {
        break;
      }
    }
    assertThat(died).isGreaterThan(10);
  }

  private static void removeClaims(Path lock) throws IOException {
    if (Files.exists(lock)) {
      try (Stream<Path> claims = Files.list(lock)) {
        for (Path claim : claims.toList()) {
          Files.delete(claim);
        }
      }
    }
  }

  private static Configuration dying() {
    Configuration dying = new Configuration(false);
    dying.set("fs.file.impl", DyingFileSystem.class.getName());
    dying.setBoolean("fs.file.impl.disable.cache", true);
    return dying;
  }

  private Path run(String id) throws IOException {
    Path run = Files.createDirectories(directory.resolve("runs").resolve(id));
    Outcome outcome = new Outcome("done", 0, id, "CIFAR-10", "", 0.5, 1, 1, 1, 1, 1, 1, 1, 1);
    Files.writeString(run.resolve("outcome.json"), Json.write(outcome));
    Files.writeString(run.resolve("model.zip"), "model " + id);
    Files.writeString(run.resolve("_SUCCESS"), "");
    return run;
  }

  private static void promote(Path models, Path run, Configuration hadoop) throws IOException {
    new PromotionJob(ModelStore.of(path(models), "cifar-10", hadoop), SILENT)
        .promote(path(run), Clearance.FORCED);
  }

  private static ModelStore store(Path models) throws IOException {
    return ModelStore.of(path(models), "cifar-10", HEALTHY);
  }

  private static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}

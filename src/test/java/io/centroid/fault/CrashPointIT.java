package io.centroid.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.centroid.CommandLine;
import io.centroid.CommandLineRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every operation on the file system that a small preparation, training, gate and promotion make is
 * once the one that fails, and every change once the one before which the process ends. Then the
 * same command is run again, and everything is as if nothing had happened.
 */
@Tag("fault")
final class CrashPointIT {
  /** For this JVM and those that halt. */
  static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[1]",
          "spark.ui.enabled", "false",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.driver.host", "127.0.0.1",
          "spark.hadoop.fs.file.impl", FaultyFileSystem.class.getName(),
          "spark.hadoop.io.file.buffer.size", "1048576");

  /** All but those that hold times: of the training, of archive entries. */
  private static final List<String> SAME_BYTES =
      List.of(
          ".parquet",
          "manifest.json",
          "metrics.json",
          ".onnx",
          "summary.txt",
          "settings.conf",
          "pictures.json",
          "predictions.csv");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Every how many operations one is tried; 1 for all of them: {@code -Dcrash.every=1}. */
  private static final int EVERY = Integer.getInteger("crash.every", 4);

  private static final int PROCESSES = 2;
  private static final int HALTED = 137;

  @TempDir private static Path directory;

  /** What a pipeline does, in order; each begins with what those before it left. */
  private enum Stage {
    PREPARE {
      @Override
      List<String> command(Path in) {
        return CommandLine.of("prepare", "--stand-in")
            .with("--shards", in.resolve("shards").toString())
            .set(
                "prepare.stand-in.training-images=40",
                "prepare.stand-in.test-images=10",
                "prepare.shards=1")
            .list();
      }
    },
    TRAIN {
      @Override
      List<String> command(Path in) {
        return CommandLine.of("train")
            .with("--shards", in.resolve("shards").toString())
            .with("--runs", in.resolve("runs").toString())
            .with("--outcome", in.resolve("trained.json").toString())
            .set(
                "network.hidden-widths=[4]",
                "training.epochs=1",
                "training.minibatch-size=6",
                "averaging.frequency=2",
                "checkpoint.every-rounds=1",
                "checkpoint.keep=1")
            .list();
      }
    },
    GATE {
      @Override
      List<String> command(Path in) {
        return model("gate", in);
      }
    },
    PROMOTE {
      @Override
      List<String> command(Path in) {
        return model("promote", in);
      }
    };

    /** Where the run is that was trained; copies of what was before have their own. */
    private static Path run(Path in) {
      try (Stream<Path> runs = Files.list(in.resolve("runs"))) {
        return runs.filter(CrashPointIT::isRun).findFirst().orElseThrow();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static List<String> model(String subcommand, Path in) {
      return List.of(
          subcommand,
          "--run",
          run(in).toString(),
          "--models",
          in.resolve("models").toString(),
          "--name",
          "cifar");
    }

    abstract List<String> command(Path in);

    /** Number of the first operation that is tried; stages begin at different ones. */
    int firstPoint() {
      return 1 + name().length() % EVERY;
    }
  }

  @BeforeAll
  static void countOperations() throws IOException {
    SPARK.forEach(System::setProperty);
    FileSystem.closeAll(); // the next one is ours
  }

  @AfterAll
  static void restore() throws IOException {
    SPARK.keySet().forEach(System::clearProperty);
    Fault.disarm();
    FileSystem.closeAll();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void everyOperationFailsOnce(Stage stage) throws Exception {
    Path start = before(stage, directory.resolve("throw-" + stage));
    Map<String, String> expected = after(stage, start);
    int tried = 0;
    int survived = 0;
    for (int number = stage.firstPoint(); ; number += EVERY) {
      Path point = copy(start, directory.resolve("throw-" + stage + "-" + number));
      Fault fault = Fault.arm(Fault.Kind.THROW, number, point);
      CommandLineRun run = CommandLineRun.of(stage.command(point).toArray(String[]::new));
      Fault.disarm();
      if (fault.happened().isEmpty()) {
        break; // there are no more
      }
      String what = number + ": " + fault.happened() + "\n" + run.out() + run.err();
      tried++;
      if (run.exitCode() == 0) {
        survived++;
      } else {
        assertThat(run.err()).as(what).startsWith("centroid: ").hasLineCount(1);
      }
      assertNothingHalfPublished(point, what);
      removeLocks(point);
      runAgain(stage, point, what);
      assertThat(contents(point)).as(what).isEqualTo(expected);
      delete(point);
    }
    System.out.printf(
        "%s: %d operations failed, every %d., %d of them did no harm%n",
        stage, tried, EVERY, survived);
    assertThat(tried).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void theProcessEndsBeforeEveryChange(Stage stage) throws Exception {
    Path start = before(stage, directory.resolve("halt-" + stage));
    Map<String, String> expected = after(stage, start);
    Path counted = copy(start, directory.resolve(stage + "-counted"));
    Fault fault = Fault.arm(Fault.Kind.HALT, Integer.MAX_VALUE, counted);
    assertThat(CommandLineRun.of(stage.command(counted).toArray(String[]::new)).exitCode())
        .isZero();
    Fault.disarm();
    int changes = fault.operations();

    ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Future<Integer>> halted = new ArrayList<>();
      for (int number = stage.firstPoint(); number <= changes; number += EVERY) {
        int change = number;
        halted.add(processes.submit(() -> halt(stage, start, change)));
      }
      int tried = 0;
      for (int i = 0; i < halted.size(); i++) {
        int number = stage.firstPoint() + i * EVERY;
        Path point = point(stage, number);
        int exitCode = halted.get(i).get();
        String what = number + ": " + Files.readString(output(stage, number));
        // Threads of a training write at the same time: now and then there is one change less.
        assertThat(exitCode).as(what).isIn(HALTED, 0);
        tried += exitCode == HALTED ? 1 : 0;
        assertNothingHalfPublished(point, what);
        runAgain(stage, point, what);
        assertThat(contents(point)).as(what).isEqualTo(expected);
        delete(point);
      }
      System.out.printf("%s: ended before %d of %d changes%n", stage, tried, changes);
      assertThat(tried).isPositive();
    } finally {
      processes.shutdownNow();
    }
  }

  private static int halt(Stage stage, Path start, int number)
      throws IOException, InterruptedException {
    Path point = copy(start, point(stage, number));
    return FaultyProcess.start(number, point, output(stage, number), stage.command(point))
        .waitFor();
  }

  private static Path point(Stage stage, int number) {
    return directory.resolve("halt-" + stage + "-" + number);
  }

  private static Path output(Stage stage, int number) {
    return directory.resolve("halt-" + stage + "-" + number + ".out");
  }

  /** Runs everything that comes before a stage. */
  private static Path before(Stage stage, Path in) throws IOException {
    Files.createDirectories(in);
    for (Stage earlier : Stage.values()) {
      if (earlier.compareTo(stage) < 0) {
        runAgain(earlier, in, "");
      }
    }
    return in;
  }

  private static Map<String, String> after(Stage stage, Path start) throws IOException {
    Path undisturbed = copy(start, directory.resolve(stage + "-undisturbed"));
    runAgain(stage, undisturbed, "");
    Map<String, String> contents = contents(undisturbed);
    delete(undisturbed);
    return contents;
  }

  private static void runAgain(Stage stage, Path in, String what) throws IOException {
    CommandLineRun run = CommandLineRun.of(stage.command(in).toArray(String[]::new));
    assertThat(run.exitCode()).as(what + "\nagain:\n" + run.out() + run.err()).isZero();
  }

  /** What a user takes for a run: the other entries are hidden, or a page about one under way. */
  private static boolean isRun(Path entry) {
    return Files.isDirectory(entry) && !entry.getFileName().toString().startsWith(".");
  }

  private static void assertNothingHalfPublished(Path in, String what) throws IOException {
    if (Files.exists(in.resolve("shards"))) {
      assertThat(in.resolve("shards/manifest.json")).as(what).exists();
    }
    if (Files.exists(in.resolve("runs"))) {
      try (Stream<Path> runs = Files.list(in.resolve("runs"))) {
        assertThat(runs.filter(CrashPointIT::isRun))
            .as(what)
            .allMatch(run -> Files.exists(run.resolve("_SUCCESS")));
      }
    }
    if (Files.exists(in.resolve("models/cifar/current.json"))) {
      assertThat(in.resolve("models/cifar/versions/1/_SUCCESS")).as(what).exists();
    }
  }

  /**
   * Removes a lock whose removal was what failed: its owner would be gone by now and the lock taken
   * over, but here the owner is this JVM.
   */
  private static void removeLocks(Path in) throws IOException {
    try (Stream<Path> files = Files.walk(in)) {
      for (Path claim : files.filter(file -> file.toString().endsWith(".claim")).toList()) {
        Files.delete(claim);
      }
    }
  }

  /** Every file that is not hidden, with what must be the same in it. */
  private static Map<String, String> contents(Path in) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(in)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = in.relativize(file).toString();
        if (Stream.of(name.split("/")).noneMatch(part -> part.startsWith("."))) {
          contents.put(name, identity(file));
        }
      }
    }
    return contents;
  }

  /** What of a file must be the same whenever it is made. */
  private static String identity(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.equals("outcome.json")) {
      return ((ObjectNode) JSON.readTree(file.toFile()))
          .remove(List.of("trainSeconds", "imagesPerSecond"))
          .toString();
    }
    return SAME_BYTES.stream().anyMatch(name::endsWith)
        ? DigestUtils.sha256Hex(Files.readAllBytes(file))
        : "";
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.copy(path, copy);
        if (path.endsWith("gate.json")) { // it names the store that it is for
          Files.writeString(copy, Files.readString(path).replace(from.toString(), to.toString()));
        }
      }
    }
    return to;
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

package io.centroid.publish;

import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.promote.ModelStore;
import io.centroid.promote.Promotion.Clearance;
import io.centroid.promote.PromotionJob;
import io.centroid.run.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A process of its own that publishes or promotes something, and stops on the way if told to. */
public final class PublisherProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private PublisherProcess(Process process) {
    this.process = process;
    this.said = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Publishes.
   *
   * @param arguments what (publish or promote), directory, scheme, and a name for who does it
   */
  public static void main(String[] arguments) throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.file.impl", PausingFileSystem.class.getName());
    hadoop.set("fs.s3a.impl", PausingFileSystem.ObjectStore.class.getName());
    hadoop.set("centroid.lock.silence", System.getProperty("lock.silence", "60s"));
    Path directory = Path.of(arguments[1]);
    String scheme = arguments[2];
    String who = arguments[3];
    int exitCode = 0;
    try {
      if (arguments[0].equals("publish")) {
        publish(at(scheme, directory.resolve("target")), who, hadoop);
      } else {
        promote(directory, scheme, who, hadoop);
      }
    } catch (JobException e) {
      System.out.println(e.getMessage());
      exitCode = e.category().exitCode();
    }
    System.out.flush();
    Runtime.getRuntime().halt(exitCode); // nothing is cleaned up that was not before
  }

  private static void publish(org.apache.hadoop.fs.Path place, String who, Configuration hadoop)
      throws IOException {
    Target target = Target.of(place, "shards", "--shards", "manifest.json", hadoop);
    Phases phases = new Phases(System.out);
    try (Lock lock = target.lock("shards of " + who, phases);
        StagedDirectory staging = target.stage(lock)) {
      for (String name : List.of("split=train/part-0", "split=train/part-1", "split=test/part-0")) {
        staging.write(name, name + " of " + who);
      }
      staging.publish("manifest of " + who);
    }
  }

  private static void promote(Path directory, String scheme, String who, Configuration hadoop)
      throws IOException {
    Path run = Files.createDirectories(directory.resolve("runs").resolve(who));
    Outcome outcome = new Outcome("done", 0, who, "CIFAR-10", "", 0.5, 1, 1, 1, 1, 1, 1, 1, 1);
    Files.writeString(run.resolve("outcome.json"), Json.write(outcome));
    Files.writeString(run.resolve("model.zip"), "model of " + who);
    Files.writeString(run.resolve("_SUCCESS"), "");
    ModelStore store = ModelStore.of(at(scheme, directory.resolve("models")), "cifar-10", hadoop);
    new PromotionJob(store, new Phases(System.out)).promote(at("file", run), Clearance.FORCED);
  }

  private static org.apache.hadoop.fs.Path at(String scheme, Path path) {
    return new org.apache.hadoop.fs.Path(scheme + "://" + path);
  }

  /**
   * Starts such a process.
   *
   * @param silence after which others take its lock
   * @param pauseAt a pattern of the operation to stop before
   */
  static PublisherProcess start(String silence, String pauseAt, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dlock.silence=" + silence,
                "-Dpause.at=" + pauseAt,
                "-cp",
                System.getProperty("java.class.path"),
                PublisherProcess.class.getName()));
    command.addAll(List.of(arguments));
    return new PublisherProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Waits until it says something that begins so; all that it said up to then. */
  String awaitLine(String beginning) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      if (line.startsWith(beginning)) {
        return all.toString();
      }
    }
    throw new AssertionError("it ended, and had said:\n" + all);
  }

  /** Stops all of its threads, as a machine that hangs. */
  void suspend() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on, from the operation that it stopped before too. */
  void resume() throws IOException, InterruptedException {
    signal("CONT");
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Waits for its end; its exit code, and all that it said. */
  Ended await() throws IOException, InterruptedException {
    String rest = new String(said.lines().toList().toString());
    return new Ended(process.waitFor(), rest);
  }

  /** How it ended. */
  record Ended(int exitCode, String said) {}

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}

package io.centroid;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spark's own standalone Master and Workers as JVMs of their own, from the runtime that the build
 * assembles under {@code target/}.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();
  private static final Path RUNTIME = HOME.resolve("target/runtime");

  private final List<Process> processes = new ArrayList<>();
  private final Path directory;
  private String master;

  private StandaloneCluster(Path directory) {
    this.directory = directory;
  }

  /** Starts a Master and workers of one core each, and waits until they have registered. */
  public static StandaloneCluster start(Path directory, int workers) throws IOException {
    StandaloneCluster cluster = new StandaloneCluster(Files.createDirectories(directory));
    try {
      cluster.master =
          cluster.startJvm(
              "master",
              Pattern.compile("Starting Spark master at (spark://\\S+)"),
              "org.apache.spark.deploy.master.Master",
              "--host",
              "127.0.0.1",
              "--port",
              "0",
              "--webui-port",
              "0");
      for (int worker = 1; worker <= workers; worker++) {
        cluster.startJvm(
            "worker-" + worker,
            Pattern.compile("Successfully registered with master (\\S+)"),
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "1500m",
            "--work-dir",
            directory.resolve("work-" + worker).toString(),
            cluster.master);
      }
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The master's address, {@code spark://host:port}. */
  public String master() {
    return master;
  }

  /** Runs a launch script of the repository to its end, its output in a file. */
  public static ScriptRun run(Path output, String script, String... arguments)
      throws IOException, InterruptedException {
    int exitCode = start(output, script, arguments).waitFor();
    return new ScriptRun(exitCode, Files.readString(output));
  }

  /**
   * Starts a launch script of the repository, its output in a file. The script becomes the program:
   * signals to the process reach it.
   */
  public static Process start(Path output, String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve(script).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().remove("SPARK_HOME");
    return builder.start();
  }

  /** A script that has ended. */
  public record ScriptRun(int exitCode, String output) {}

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    for (Process process : processes) {
      process.onExit().join();
    }
  }

  /** Starts a JVM and reads its log up to the line that says it is ready. */
  private String startJvm(String name, Pattern ready, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                RUNTIME.resolve("jars") + File.separator + "*"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", RUNTIME.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process = builder.start();
    processes.add(process);
    BufferedReader log =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder read = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      read.append(line).append('\n');
      Matcher matcher = ready.matcher(line);
      if (matcher.find()) {
        drain(name, log);
        return matcher.group(1);
      }
    }
    throw new IOException("Cannot start " + name + ": it ended with\n" + read);
  }

  /** Keeps reading, so that the process never waits for a reader. */
  private static void drain(String name, BufferedReader log) {
    Thread reader =
        new Thread(
            () -> {
              try (log) {
                log.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                return; // the process is gone
              }
            },
            name + " log");
    reader.setDaemon(true);
    reader.start();
  }
}

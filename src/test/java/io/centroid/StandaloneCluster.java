package io.centroid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code submit/cluster-local.sh} starts: Spark's own standalone Master and Workers, an HDFS
 * and a YARN, each process a JVM of its own.
 */
public final class StandaloneCluster implements AutoCloseable {
  /**
   * Options of JVMs that end long before a compiler that takes its time would pay; the classes of
   * Spark and of this program are what they were when they were verified last.
   */
  public static final String QUICK_TO_START =
      "-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote";

  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();
  private static final String SCRIPT = "submit/cluster-local.sh";

  private final Path directory;

  private final Map<String, String> environment;

  private StandaloneCluster(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = new HashMap<>(environment);
    // Of its own processes and, by way of Workers, of executors.
    this.environment.putIfAbsent("JDK_JAVA_OPTIONS", QUICK_TO_START);
  }

  /** Starts a Master and Workers of one core each, and waits until they have registered. */
  public static StandaloneCluster start(Path directory, int workers)
      throws IOException, InterruptedException {
    return start(directory, workers, 0);
  }

  /** The same, with more variables in the environment of its processes. */
  public static StandaloneCluster start(
      Path directory, int workers, Map<String, String> environment)
      throws IOException, InterruptedException {
    return start(directory, workers, 0, 0, environment);
  }

  /** The same, with an HDFS of that many DataNodes. */
  public static StandaloneCluster start(Path directory, int workers, int datanodes)
      throws IOException, InterruptedException {
    return start(directory, workers, datanodes, 0, Map.of());
  }

  /** A YARN of one NodeManager with an HDFS of one DataNode, and no standalone cluster. */
  public static StandaloneCluster startYarn(Path directory)
      throws IOException, InterruptedException {
    return start(directory, 0, 1, 1, Map.of());
  }

  private static StandaloneCluster start(
      Path directory, int workers, int datanodes, int nodemanagers, Map<String, String> environment)
      throws IOException, InterruptedException {
    StandaloneCluster cluster =
        new StandaloneCluster(Files.createDirectories(directory), environment);
    try {
      cluster.script(
          "up",
          "--workers",
          Integer.toString(workers),
          "--datanodes",
          Integer.toString(datanodes),
          "--nodemanagers",
          Integer.toString(nodemanagers));
    } catch (IOException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** The master's address, {@code spark://host:port}. */
  public String master() {
    return address("master");
  }

  /** Options of a small driver with small executors on a standalone cluster or in one process. */
  public static CommandLine options(String master) {
    return CommandLine.of("--master", master)
        .with("--driver-memory", "1g", "--executor-memory", "1g")
        .with("--spark-conf", "spark.driver.host=127.0.0.1")
        .with("--spark-conf", "spark.ui.enabled=false");
  }

  /** The address of HDFS, {@code hdfs://host:port}. */
  public String hdfs() {
    return address("hdfs");
  }

  /** The directory of Hadoop's configuration files for clients of YARN and its HDFS. */
  public Path hadoopConf() {
    return directory.resolve("hadoop-conf");
  }

  /** Starts one more "worker" or "datanode", and waits until it has registered. */
  public void add(String kind) throws IOException, InterruptedException {
    script("add", kind);
  }

  /** Kills a process at once: "master", "worker-1", "namenode", "datanode-1" and so on. */
  public void kill(String name) {
    ProcessHandle process = process(name).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  /** The executors that the Workers run now. */
  public List<ProcessHandle> executors() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("worker-") && name.endsWith(".pid"))
          .flatMap(name -> process(name.replace(".pid", "")).stream())
          .flatMap(ProcessHandle::children)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("cannot list the files of " + directory, e);
    }
  }

  private Optional<ProcessHandle> process(String name) {
    try {
      String pid = Files.readString(directory.resolve(name + ".pid")).split(" ")[0];
      return ProcessHandle.of(Long.parseLong(pid))
          .filter(
              process -> process.info().commandLine().orElse("").contains("cluster-local-log4j2"));
    } catch (IOException e) {
      throw new IllegalStateException("no process " + name, e);
    }
  }

  /** Runs a launch script of the repository to its end, its output in a file. */
  public static ScriptRun run(Path output, String script, String... arguments)
      throws IOException, InterruptedException {
    return run(output, Map.of(), script, arguments);
  }

  /** The same, with more variables in its environment. */
  public static ScriptRun run(
      Path output, Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    int exitCode = start(output, environment, script, arguments).waitFor();
    return new ScriptRun(exitCode, Files.readString(output));
  }

  /**
   * Starts a launch script of the repository, its output in a file. The script becomes the program:
   * signals to the process reach it.
   */
  public static Process start(Path output, String script, String... arguments) throws IOException {
    return start(output, Map.of(), script, arguments);
  }

  /** The same, with more variables in its environment. */
  public static Process start(
      Path output, Map<String, String> environment, String script, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve(script).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().put("SPARK_LOCAL_DIRS", output.resolveSibling("spark").toString());
    builder.environment().put("SPARK_SUBMIT_OPTS", QUICK_TO_START);
    builder.environment().remove("SPARK_HOME");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** A script that has ended. */
  public record ScriptRun(int exitCode, String output) {}

  /** Ends all that was started, and waits until it is gone. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> executors = executors();
    try {
      script("down");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the cluster went down", e);
    }
    executors.forEach(executor -> executor.onExit().join());
  }

  private void script(String action, String... arguments) throws IOException, InterruptedException {
    // What is to be added comes right behind the action.
    CommandLine all = CommandLine.of(action).with(arguments).with("--directory", directory);
    Path output = directory.resolve(action + ".out");
    ScriptRun run = run(output, environment, SCRIPT, all.toArray());
    if (run.exitCode() != 0) {
      throw new IOException("Cannot run " + SCRIPT + " " + all.list() + ":\n" + run.output());
    }
  }

  private String address(String of) {
    try {
      return Files.readString(directory.resolve(of + ".address")).strip();
    } catch (IOException e) {
      throw new IllegalStateException("no " + of + " in " + directory, e);
    }
  }
}

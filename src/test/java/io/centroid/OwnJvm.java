package io.centroid;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** JVMs that run classes of this one's class path: small, and quick to start rather than fast. */
public final class OwnJvm {
  private OwnJvm() {}

  /**
   * What starts one.
   *
   * @param program has the main method
   * @param properties the JVM's system properties
   */
  public static ProcessBuilder of(
      Class<?> program, Map<String, String> properties, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    // The options that open the JDK's modules to Spark, but not the size of this JVM.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens") || option.startsWith("-Djdk"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path")));
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add(program.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Waits for a condition, or for the end of a process. */
  public static void await(Process process, Callable<Boolean> condition) throws Exception {
    while (process.isAlive() && !condition.call()) {
      process.waitFor(2, TimeUnit.MILLISECONDS);
    }
  }

  /** Waits until a process has printed something to its file, or for its end. */
  public static void awaitSaid(Process process, Path output, String something) throws Exception {
    await(process, () -> Files.readString(output).contains(something));
  }

  /**
   * Starts one that uses Spark.
   *
   * @param output gets what it prints; its log and Spark's files lie beside it
   */
  public static Process start(
      Path output, Class<?> program, Map<String, String> properties, List<String> arguments)
      throws IOException {
    ProcessBuilder builder =
        of(program, properties, arguments)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().put("SPARK_LOCAL_DIRS", output.resolveSibling("spark").toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }
}

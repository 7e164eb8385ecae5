package io.centroid.fault;

import io.centroid.cli.Centroid;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One run of the command line in a JVM that halts at an operation on the file system. */
public final class FaultyProcess {
  private FaultyProcess() {}

  /**
   * Runs a command.
   *
   * @param arguments number of the change before which to halt, directory that counts, then those
   *     of the command
   */
  public static void main(String[] arguments) {
    Fault.arm(Fault.Kind.HALT, Integer.parseInt(arguments[0]), Path.of(arguments[1]));
    System.exit(Centroid.execute(Arrays.copyOfRange(arguments, 2, arguments.length)));
  }

  /** Starts such a JVM on {@code local[1]} and a file system that is told to halt. */
  static Process start(int number, Path below, Path output, List<String> arguments)
      throws IOException {
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
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path")));
    CrashPointIT.SPARK.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(
        List.of(FaultyProcess.class.getName(), Integer.toString(number), below.toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(output.toString()));
    builder.environment().put("CENTROID_LOG", output + ".log");
    builder.environment().put("SPARK_LOCAL_DIRS", output.resolveSibling("spark").toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }
}

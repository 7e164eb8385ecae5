package io.centroid;

import io.centroid.cli.Centroid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of the command line in this JVM, on {@code local[2]}.
 *
 * @param out what it printed to standard output
 * @param err what it said of its failure; libraries may print to standard error besides
 */
public record CommandLineRun(int exitCode, String out, String err) {
  /** Spark's properties of a run, unless others are set. */
  public static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.driver.host", "127.0.0.1",
          // A machine may be busy, and processes are stopped on purpose.
          "spark.hadoop.centroid.lock.silence", "600s");

  /**
   * Runs a subcommand with more of Spark's properties, as a cluster's own configuration has them.
   */
  public static CommandLineRun of(Map<String, String> spark, String... arguments) {
    Map<String, String> before = new HashMap<>();
    spark.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
    try {
      return of(arguments);
    } finally {
      before.forEach(
          (name, value) -> {
            if (value == null) {
              System.clearProperty(name);
            } else {
              System.setProperty(name, value);
            }
          });
    }
  }

  /** Runs a subcommand. */
  public static CommandLineRun of(String... arguments) {
    SPARK.forEach(System.getProperties()::putIfAbsent);
    PrintStream originalOut = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      int exitCode = Centroid.execute(new PrintWriter(err, true), arguments);
      return new CommandLineRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(originalOut);
    }
  }

  /**
   * Starts a subcommand in a JVM of its own, which can be killed.
   *
   * @param output gets what it prints
   */
  public static Process start(Path output, String... arguments) throws IOException {
    return OwnJvm.start(output, Centroid.class, SPARK, List.of(arguments));
  }
}

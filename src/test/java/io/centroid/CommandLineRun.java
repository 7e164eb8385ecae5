package io.centroid;

import io.centroid.cli.Centroid;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * One run of the command line in this JVM, on {@code local[2]}.
 *
 * @param out what it printed to standard output
 * @param err what it said of its failure; libraries may print to standard error besides
 */
public record CommandLineRun(int exitCode, String out, String err) {

  /** Runs a subcommand. */
  public static CommandLineRun of(String... arguments) {
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.ui.enabled", "false");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
    System.setProperty("spark.driver.host", "127.0.0.1");
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
}

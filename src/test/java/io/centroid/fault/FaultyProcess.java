package io.centroid.fault;

import io.centroid.OwnJvm;
import io.centroid.cli.Centroid;
import java.io.IOException;
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
    List<String> all = new ArrayList<>(List.of(Integer.toString(number), below.toString()));
    all.addAll(arguments);
    return OwnJvm.start(output, FaultyProcess.class, CrashPointIT.SPARK, all);
  }
}

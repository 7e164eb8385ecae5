package io.centroid.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Tells on the console what a job is doing: one line for each phase, with its time. */
public final class Phases {
  private static final double NANOS = 1e9;

  private final PrintStream out;

  /** Reports to a stream. */
  public Phases(PrintStream out) {
    this.out = out;
  }

  /** Runs a phase and reports its time; a phase that fails reports nothing. */
  public <T> T run(String name, Callable<T> phase) throws Exception {
    long begin = System.nanoTime();
    T result = phase.call();
    say("%-56s %7.1f s", name, (System.nanoTime() - begin) / NANOS);
    return result;
  }

  /** Prints a line. */
  public void say(String format, Object... arguments) {
    out.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
  }

  /** The stream that is reported to. */
  public PrintStream out() {
    return out;
  }
}

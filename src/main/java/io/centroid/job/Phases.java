package io.centroid.job;

import io.centroid.error.Secrets;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Tells on the console what a job is doing: one line for each phase, with its time. */
public final class Phases {
  private static final Logger LOG = LogManager.getLogger();
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

  /** Prints a line; the log has it too, with the time. */
  public void say(String format, Object... arguments) {
    String line =
        Secrets.masked(
            arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    out.println(line);
    LOG.info(line);
  }

  /**
   * Prints the last lines of a job, which are always of this form.
   *
   * @param result what came of it
   * @param place where it is, a whole sentence
   * @param next what to do with it
   */
  public void conclude(String result, String place, String next) {
    say("%s", "");
    say("%s", result);
    say("%s", place);
    say("Next: %s", next);
    LogFile.name().ifPresent(file -> say("The log is in %s", file));
  }

  /** The stream that is reported to. */
  public PrintStream out() {
    return out;
  }
}

package io.centroid.prep;

import io.centroid.job.Terminal;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Shows how far a transfer is: a bar on a terminal, a line per tenth elsewhere. */
sealed interface TransferProgress extends AutoCloseable {

  /** Reports that the first {@code bytes} bytes are there. */
  void reached(long bytes);

  @Override
  void close();

  /** Starts to show a transfer on {@code console}. */
  static TransferProgress start(String name, long bytes, PrintStream console) {
    return Terminal.isAttached()
        ? new Bar(
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(bytes)
                .setUnit(" MB", 1_000_000)
                .showSpeed()
                .build())
        : new Lines(name, bytes, console);
  }

  /** A moving bar on a terminal. */
  record Bar(ProgressBar bar) implements TransferProgress {
    @Override
    public void reached(long bytes) {
      bar.stepTo(bytes);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Plain lines, for logs. */
  final class Lines implements TransferProgress {
    private static final int TENTHS = 10;

    private final String name;
    private final long total;
    private final PrintStream console;
    private long shownTenths = -1;

    Lines(String name, long total, PrintStream console) {
      this.name = name;
      this.total = total;
      this.console = console;
    }

    @Override
    public void reached(long bytes) {
      long tenths = TENTHS * bytes / total;
      if (tenths > shownTenths) {
        shownTenths = tenths;
        console.printf("%s: %d of %d bytes%n", name, bytes, total);
      }
    }

    @Override
    public void close() {
      // Nothing to tidy up: every line is complete.
    }
  }
}

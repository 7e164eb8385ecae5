package io.centroid.report;

import io.centroid.run.Terminal;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells on the console how a training goes: a progress bar on a terminal, and one plain line for
 * each epoch everywhere.
 */
public final class TrainingProgress implements AutoCloseable {
  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final boolean terminal;
  private final int epochs;
  private final long examplesPerEpoch;
  private ProgressBar bar;
  private long epochBegin;

  private TrainingProgress(PrintStream out, boolean terminal, int epochs, long examplesPerEpoch) {
    this.out = out;
    this.terminal = terminal;
    this.epochs = epochs;
    this.examplesPerEpoch = examplesPerEpoch;
  }

  /** Progress of a training; a bar is drawn on a terminal. */
  public static TrainingProgress on(PrintStream out, int epochs, long examplesPerEpoch) {
    return new TrainingProgress(out, Terminal.isAttached(), epochs, examplesPerEpoch);
  }

  /**
   * An epoch starts, or goes on.
   *
   * @param examples of it that were trained on before
   */
  public void epochStarts(int epoch, long examples) {
    epochBegin = System.nanoTime();
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("epoch %d/%d".formatted(epoch, epochs))
              .setInitialMax(examplesPerEpoch)
              .setUnit(" images", 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setMaxRenderedLength(80)
              .setConsumer(new ConsoleProgressBarConsumer(out, 80))
              .setUpdateIntervalMillis(250)
              .startsFrom(examples, Duration.ZERO)
              .clearDisplayOnFinish()
              .build();
    }
  }

  /** A round of the epoch is done. */
  public void roundDone(long examples, double meanLoss) {
    if (bar != null) {
      bar.stepBy(examples);
      double seconds = (System.nanoTime() - epochBegin) / NANOS;
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              "%,.0f/s loss %.3f",
              (bar.getCurrent() - bar.getStart()) / seconds,
              meanLoss));
    }
  }

  /** An epoch is done and measured. */
  public void epochDone(EpochRecord epoch) {
    close();
    String validation =
        epoch.validationAccuracy() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "  validation %.2f %%%s",
                100 * epoch.validationAccuracy(),
                epoch.best() ? " (best)" : "");
    out.println(
        String.format(
            Locale.ROOT,
            "epoch %2d/%d  %,7.0f images/s  loss %.4f%s",
            epoch.epoch(),
            epochs,
            epoch.imagesPerSecond(),
            epoch.trainingLoss(),
            validation));
  }

  /** Takes the bar off the terminal. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}

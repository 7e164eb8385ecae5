package io.centroid.report;

import io.centroid.job.Phases;
import io.centroid.job.Terminal;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells on the console how a training goes: a progress bar on a terminal, and one plain line for
 * each epoch everywhere, both within 80 columns.
 */
public final class TrainingProgress implements TrainingListener, AutoCloseable {
  private static final int COLUMNS = 80;
  private static final double NANOS = 1e9;

  private final Phases phases;
  private final boolean terminal;
  private final String things;
  private final int epochs;
  private final IntUnaryOperator rounds;
  private final TimeLeft timeLeft;
  private ProgressBar bar;
  private long epochBegin;
  private long examples;
  private String lastAccuracy = "";

  private TrainingProgress(
      Phases phases,
      boolean terminal,
      String things,
      int epochs,
      IntUnaryOperator rounds,
      TimeLeft timeLeft) {
    this.phases = phases;
    this.things = things;
    this.terminal = terminal;
    this.epochs = epochs;
    this.rounds = rounds;
    this.timeLeft = timeLeft;
  }

  /**
   * Progress of a training; a bar is drawn on a terminal.
   *
   * @param things what examples are called
   * @param rounds how many an epoch has
   */
  public static TrainingProgress on(
      Phases phases, String things, int epochs, IntUnaryOperator rounds, TimeLeft timeLeft) {
    return new TrainingProgress(phases, Terminal.isAttached(), things, epochs, rounds, timeLeft);
  }

  @Override
  public void epochStarts(int epoch, int roundsBefore, long examplesBefore) {
    epochBegin = System.nanoTime();
    examples = 0;
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("epoch %d/%d".formatted(epoch, epochs))
              .setInitialMax(rounds.applyAsInt(epoch))
              .setStyle(ProgressBarStyle.ASCII)
              .hideEta()
              .setMaxRenderedLength(COLUMNS)
              .setConsumer(new ConsoleProgressBarConsumer(phases.out(), COLUMNS))
              .setUpdateIntervalMillis(250)
              .startsFrom(roundsBefore, Duration.ZERO)
              .clearDisplayOnFinish()
              .build();
    }
  }

  @Override
  public void roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
    if (bar != null) {
      bar.stepTo(round);
      examples += timing.examples();
      double seconds = (System.nanoTime() - epochBegin) / NANOS;
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              "%,.0f/s loss %.3f%s %s left",
              examples / seconds,
              meanLoss,
              lastAccuracy,
              timeLeft.render()));
    }
  }

  @Override
  public void epochDone(List<EpochRecord> history) {
    close();
    EpochRecord epoch = history.get(history.size() - 1);
    String validation = "";
    if (epoch.validationAccuracy() != null) {
      double percent = 100 * epoch.validationAccuracy();
      lastAccuracy = String.format(Locale.ROOT, " %.1f %%", percent);
      validation =
          String.format(
              Locale.ROOT, "  validation %.2f %%%-5s", percent, epoch.best() ? " best" : "");
    }
    String left = epoch.epoch() == epochs ? "" : "  " + timeLeft.render() + " left";
    String line =
        String.format(
            Locale.ROOT,
            "epoch %2d/%d  %,7.0f %s/s  loss %.4f%s%s",
            epoch.epoch(),
            epochs,
            epoch.imagesPerSecond(),
            things,
            epoch.trainingLoss(),
            validation,
            left);
    phases.say("%s", line.stripTrailing());
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

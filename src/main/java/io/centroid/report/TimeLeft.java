package io.centroid.report;

import io.centroid.job.Terminal;
import io.centroid.run.RoundTiming;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long a training will still take if it goes on as it has in this process, with all it does
 * between rounds and epochs.
 */
public final class TimeLeft implements TrainingListener {
  private final long examplesInAll;
  private final long examplesPerEpoch;
  private final LongSupplier nanoClock;
  private boolean begun;
  private long begin;
  private long before;
  private long done;

  /**
   * Of a training.
   *
   * @param epochs how many there are to be
   * @param examplesPerEpoch training examples in each
   */
  public TimeLeft(int epochs, long examplesPerEpoch) {
    this(epochs, examplesPerEpoch, System::nanoTime);
  }

  TimeLeft(int epochs, long examplesPerEpoch, LongSupplier nanoClock) {
    this.examplesInAll = epochs * examplesPerEpoch;
    this.examplesPerEpoch = examplesPerEpoch;
    this.nanoClock = nanoClock;
  }

  @Override
  public void epochStarts(int epoch, int rounds, long examples) {
    done = (epoch - 1) * examplesPerEpoch + examples;
    if (!begun) {
      begun = true;
      begin = nanoClock.getAsLong();
      before = done;
    }
  }

  @Override
  public void roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
    done += timing.examples();
  }

  /** An estimate; nothing before the first round of this process is done. */
  public Optional<Duration> estimate() {
    if (done == before) {
      return Optional.empty();
    }
    double nanosPerExample = (double) (nanoClock.getAsLong() - begin) / (done - before);
    return Optional.of(Duration.ofNanos((long) ((examplesInAll - done) * nanosPerExample)));
  }

  /** The estimate in one rounded unit, "40 s", "12 min" or "5 h"; "?" where there is none. */
  public String render() {
    return estimate().map(Terminal::roughly).orElse("?");
  }
}

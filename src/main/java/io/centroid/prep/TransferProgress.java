package io.centroid.prep;

import io.centroid.job.Terminal;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Shows how far a transfer is, how fast, and how long it will still take: a bar on a terminal,
 * lines elsewhere, one for each tenth and now and then between.
 */
final class TransferProgress implements AutoCloseable {
  private static final int TENTHS = 10;
  private static final double MEGABYTE = 1e6;
  private static final double NANOS = 1e9;

  /** Speed is that of the last minute. */
  private static final Duration MEMORY = Duration.ofMinutes(1);

  /** How much was there when. */
  private record Sample(long nanos, long bytes) {}

  private final String name;
  private final long total;
  private final PrintStream console;
  private final TransferPatience patience;
  private final TransferPatience.Clock clock;
  private final long begin;
  private final Optional<ProgressBar> bar;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long shownTenths;
  private long shownAt;
  private boolean isAdvised;

  /**
   * Starts to show a transfer.
   *
   * @param total its size in bytes
   * @param there how much of it there is already
   */
  TransferProgress(
      String name,
      long total,
      long there,
      PrintStream console,
      TransferPatience patience,
      TransferPatience.Clock clock) {
    this.name = name;
    this.total = total;
    this.console = console;
    this.patience = patience;
    this.clock = clock;
    this.begin = clock.nanos();
    this.shownAt = begin;
    this.shownTenths = TENTHS * there / total;
    samples.add(new Sample(begin, there));
    bar =
        Terminal.isAttached()
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(total)
                    .setUnit(" MB", (long) MEGABYTE)
                    .startsFrom(there, Duration.ZERO)
                    .showSpeed()
                    .build())
            : Optional.empty();
  }

  /** Reports that the first {@code bytes} bytes are there. */
  void reached(long bytes) {
    long now = clock.nanos();
    samples.add(new Sample(now, bytes));
    while (samples.size() > 2 && now - samples.getFirst().nanos() > MEMORY.toNanos()) {
      samples.removeFirst();
    }
    bar.ifPresent(shown -> shown.stepTo(bytes));
    long tenths = TENTHS * bytes / total;
    if (bar.isEmpty() && (tenths > shownTenths || now - shownAt >= patience.report().toNanos())) {
      shownTenths = tenths;
      shownAt = now;
      console.printf("%s: %s%n", name, render());
    }
  }

  /** How far, how fast and how long still. */
  String render() {
    long bytes = samples.getLast().bytes();
    String text = String.format(Locale.ROOT, "%.1f of %.1f MB", bytes / MEGABYTE, total / MEGABYTE);
    return timeLeft()
        .map(left -> text + ", %s, %s left".formatted(speed(), Terminal.roughly(left)))
        .orElse(text);
  }

  /** Says once what else can be done, when it has been slow for long enough. */
  void adviseIfSlow(String advice) {
    boolean isSlow =
        clock.nanos() - begin >= patience.slowAfter().toNanos()
            && timeLeft().map(left -> left.compareTo(patience.slow()) > 0).orElse(true);
    if (isSlow && !isAdvised) {
      isAdvised = true;
      say(advice);
    }
  }

  /** Says something between. */
  void say(String text) {
    bar.ifPresent(shown -> console.println());
    console.println(text);
    shownAt = clock.nanos();
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }

  private String speed() {
    double speed = bytesPerSecond();
    return speed < MEGABYTE / TENTHS
        ? String.format(Locale.ROOT, "%.1f kB/s", speed / 1e3)
        : String.format(Locale.ROOT, "%.1f MB/s", speed / MEGABYTE);
  }

  /** As it goes now, waiting included; nothing before anything came. */
  private Optional<Duration> timeLeft() {
    double speed = bytesPerSecond();
    return speed > 0
        ? Optional.of(Duration.ofMillis((long) (1e3 * (total - samples.getLast().bytes()) / speed)))
        : Optional.empty();
  }

  private double bytesPerSecond() {
    Sample first = samples.getFirst();
    double seconds = (clock.nanos() - first.nanos()) / NANOS;
    return seconds > 0 ? (samples.getLast().bytes() - first.bytes()) / seconds : 0;
  }
}

package io.centroid.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.run.RoundTiming;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TimeLeftTest {
  private final AtomicLong nanos = new AtomicLong(7);
  private final TimeLeft timeLeft = new TimeLeft(10, 100, nanos::get);

  @Test
  void isNotKnownBeforeARoundIsDone() {
    timeLeft.epochStarts(1, 0, 0);
    assertThat(timeLeft.estimate()).isEmpty();
    assertThat(timeLeft.render()).isEqualTo("?");
  }

  @Test
  void goesByWhatThisProcessTrainedOn() {
    timeLeft.epochStarts(3, 2, 50); // 250 of 1,000 were done before
    afterRound(50, 1);
    assertThat(timeLeft.estimate()).contains(Duration.ofSeconds(14)); // 700 more at 50 a second
    afterRound(50, 3); // 650 more at 25 a second
    assertThat(timeLeft.estimate()).contains(Duration.ofSeconds(26));
  }

  @Test
  void isShownInOneUnit() {
    timeLeft.epochStarts(1, 0, 0);
    afterRound(10, 1);
    assertThat(timeLeft.render()).isEqualTo("99 s");
    afterRound(0, 1);
    assertThat(timeLeft.render()).isEqualTo("3 min");
    afterRound(0, 100);
    assertThat(timeLeft.render()).isEqualTo("3 h");
    afterRound(990, 1);
    assertThat(timeLeft.render()).isEqualTo("0 s");
  }

  private void afterRound(long examples, long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    timeLeft.roundDone(1, 1, 2.3, RoundTiming.untold(examples, 0));
  }
}

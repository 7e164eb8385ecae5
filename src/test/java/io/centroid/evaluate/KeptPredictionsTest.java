package io.centroid.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class KeptPredictionsTest {
  @Test
  void ofAMillionAllAreKept() {
    assertThat(LongStream.range(0, 100_000)).allMatch(new KeptPredictions(1_000_000)::has);
  }

  @Test
  void ofMoreAboutAMillionAreKeptHoweverIdsLie() {
    KeptPredictions tenth = new KeptPredictions(10_000_000);
    assertThat(LongStream.range(0, 1_000_000).filter(tenth::has).count())
        .isBetween(99_000L, 101_000L);
    assertThat(LongStream.range(0, 1_000_000).filter(id -> tenth.has(id << 24)).count())
        .isBetween(99_000L, 101_000L);
  }
}

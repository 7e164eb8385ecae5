package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.example.Coverage;
import io.centroid.run.RoundTiming;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EpochTallyTest {

  /** However many rounds there are, what is kept of them stays within bounds, and lacks none. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1024, 1024, 1",
    "1025, 513, 2",
    "2048, 1024, 2",
    "2049, 513, 4",
    "100000, 782, 128"
  })
  void longEpochsTellOfSomeRoundsTogether(int rounds, int entries, int together) {
    EpochTally tally = EpochTally.NOTHING;
    for (int round = 0; round < rounds; round++) {
      tally =
          tally.plus(
              new Coverage(3, round), 3, 2, 1, 1, new RoundTiming(1, 3, 1, 2, round, 3, 4, 5));
    }
    List<RoundTiming> timings = tally.rounds();
    assertThat(timings).hasSize(entries);
    Set<Integer> lengths =
        timings.subList(0, entries - 1).stream()
            .map(RoundTiming::rounds)
            .collect(Collectors.toSet());
    assertThat(lengths).isSubsetOf(together);
    RoundTiming all = timings.stream().reduce(RoundTiming::plus).orElseThrow();
    assertThat(all)
        .isEqualTo(
            new RoundTiming(
                rounds,
                3L * rounds,
                rounds,
                2.0 * rounds,
                rounds * (rounds - 1.0) / 2,
                3.0 * rounds,
                4.0 * rounds,
                5.0 * rounds));
    assertThat(timings.get(0).compute()).isEqualTo(together * (together - 1.0) / 2);
  }
}

package io.centroid.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.centroid.benchmark.ClusterSimulation.Failure;
import io.centroid.benchmark.RoundCost.Exchange;
import io.centroid.benchmark.RoundCost.Link;
import io.centroid.benchmark.RoundCost.Measured;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model of a round's cost, and the simulation that is made with it. */
final class ClusterSimulationTest {
  private static final RoundCost COST = new RoundCost(4e-3, 1e-9, 0.5e-9);
  private static final double STATE = 7.8e6;
  private static final Link GIGABIT = new Link("1 Gbit/s", 1e-3, 1.25e8);

  @Test
  void theCostOfRoundsIsFoundAgain() {
    List<Measured> rounds = new ArrayList<>();
    for (int workers : new int[] {2, 4, 8}) {
      for (double state : new double[] {1e6, STATE, 3e7}) {
        Exchange exchange = new Exchange(2, workers, state);
        rounds.add(new Measured(exchange, COST.seconds(exchange, Link.NONE)));
      }
    }
    RoundCost found = RoundCost.fit(rounds);
    assertThat(found.fixed()).isCloseTo(COST.fixed(), within(1e-9));
    assertThat(found.perByte()).isCloseTo(COST.perByte(), within(1e-15));
    assertThat(found.perFolded()).isCloseTo(COST.perFolded(), within(1e-15));
  }

  /**
   * Of what was measured once: as the parts are, a free fit has adding up take less than no time.
   */
  @Test
  void noPartOfTheCostIsBelowNothing() {
    double[] states = {0.7e6, 7.8e6, 31e6};
    double[][] milliseconds = {{11.5, 17.68, 58.99}, {6.7, 22.28, 81.09}, {5.09, 27.93, 140.36}};
    List<Measured> rounds = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      for (int k = 0; k < milliseconds.length; k++) {
        rounds.add(new Measured(new Exchange(2, 2 << k, states[i]), milliseconds[k][i] / 1e3));
      }
    }
    RoundCost cost = RoundCost.fit(rounds);
    assertThat(cost.fixed()).isBetween(2e-3, 7e-3);
    assertThat(cost.perByte()).isBetween(1e-9, 2e-9);
    assertThat(cost.perFolded()).isNotNegative();
  }

  /** Two executors send (1 + 1)·S/2 each, and add up S. */
  @Test
  void bytesAreCountedAsAnExecutorSendsThem() {
    Exchange exchange = new Exchange(2, 2, STATE);
    assertThat(exchange.sent()).isEqualTo(STATE);
    assertThat(exchange.folded()).isEqualTo(STATE);
    assertThat(new Exchange(1, 3, STATE).sent()).isZero();
    assertThat(new Exchange(4, 8, STATE).sent()).isEqualTo(3 * STATE * 3 / 4);
  }

  /** Where all are equally fast and nobody waits for a link, the events come to the formula. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16, 100})
  void withoutDisturbanceTheSimulationIsTheModel(int executors) {
    Exchange exchange = new Exchange(executors, executors, STATE);
    double simulated =
        new ClusterSimulation(exchange, COST, GIGABIT, 0.5, 0, Failure.NEVER).secondsOfRound(1, 1);
    double latencies = executors == 1 ? 0 : 2 * GIGABIT.latency();
    double model = 0.5 + COST.seconds(exchange, GIGABIT) - 2 * GIGABIT.latency() + latencies;
    assertThat(simulated).isCloseTo(model, within(1e-9));
  }

  @Test
  void roundsWaitForTheSlowest() {
    Exchange exchange = new Exchange(64, 64, STATE);
    double even =
        new ClusterSimulation(exchange, COST, GIGABIT, 1, 0, Failure.NEVER).secondsOfRound(5, 1);
    double uneven =
        new ClusterSimulation(exchange, COST, GIGABIT, 1, 0.1, Failure.NEVER).secondsOfRound(5, 1);
    // The largest of 64 normal numbers is 2.4 deviations above the mean, as a mean.
    assertThat(uneven - even).isBetween(0.15, 0.35);
  }

  @Test
  void whatIsLostIsMadeAgain() {
    Exchange exchange = new Exchange(10, 10, STATE);
    double never =
        new ClusterSimulation(exchange, COST, GIGABIT, 1, 0, Failure.NEVER).secondsOfRound(1, 1);
    // Ten executors lose one every 1,000 s; a stretch takes about 100.
    double some =
        new ClusterSimulation(
                exchange, COST, GIGABIT, 1, 0, new Failure(10_000, (int) (100 / never), 30))
            .secondsOfRound(1, 1);
    // A tenth of the stretches is lost, in the middle as a mean, with 30 s of recovery.
    assertThat(some / never - 1).isBetween(0.07, 0.1);
  }
}
